namespace WarmContext.Testing;

public class RawFunctionTests
{
    private const string Echo = """
        while :; do
          next
          printf '%s' "$event" | curl -sS -o /dev/null --data-binary @- "$runtime/invocation/$id/response"
        done
        """;

    [Fact]
    public async Task A_shell_script_is_initialized_invoked_and_frozen_like_any_function()
    {
        using var function = new ScriptFunction(Echo);
        await using var lambda = await function.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            await lambda.WaitUntilFrozenAsync();
            Assert.Equal($"[{i}]", (await lambda.InvokeAsync($"[{i}]")).EnsureSuccess().PayloadText);
        }

        Assert.Equal(1, lambda.ProcessCount);
    }

    [Fact]
    public async Task Requests_out_of_order_get_the_documented_refusals()
    {
        using var function = new ScriptFunction("""
            call -d x "$runtime/invocation/1/response"
            next
            first=$event; call "$runtime/invocation/next"
            call -d x "$runtime/invocation/wrong/response"
            call -d x "$runtime/invocation/wrong/error"
            call -d x "$runtime/init/error"
            call -d '"the answer"' "$runtime/invocation/$id/response"
            call -d x "$runtime/invocation/$id/response"
            call -d x "$runtime/invocation/$id/error"
            call "$runtime/nothing"
            call -d x "$runtime/invocation/next"
            next
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal("\"the answer\"", (await lambda.InvokeAsync("[1]")).EnsureSuccess().PayloadText);
        await lambda.WaitUntilFrozenAsync();

        Assert.Equal(
            [
                Refused("Started", "InvocationResponse"),
                "[1] 200",
                """{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"} 400""",
                """{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"} 400""",
                Refused("Running", "InitError"),
                """{"status":"OK"} 202""",
                Refused("RuntimeResponseSentState", "InvocationResponse"),
                Refused("RuntimeResponseSentState", "InvocationErrorResponse"),
                "404 page not found 404",
                " 405",
            ],
            lambda.ReadLog());
    }

    [Fact]
    public async Task An_error_can_be_reported_with_a_header_and_any_body()
    {
        using var function = new ScriptFunction("""
            next; call -H 'Lambda-Runtime-Function-Error-Type: Function.NoStock' -d '{"errorMessage":"sold out","errorType":"NoStock","stackTrace":["a","b"]}' "$runtime/invocation/$id/error"
            next; call -H 'Lambda-Runtime-Function-Error-Type: Function.NoStock' -d 'not json' "$runtime/invocation/$id/error"
            next
            """);
        await using var lambda = await function.StartAsync();

        var first = (await lambda.InvokeAsync()).Error!;
        var second = (await lambda.InvokeAsync()).Error!;

        Assert.Equal(("NoStock", "sold out"), (first.Type, first.Message));
        Assert.Equal(["a", "b"], first.StackTrace);
        Assert.Equal(("Function.NoStock", "not json"), (second.Type, second.Message));
    }

    [Fact]
    public async Task An_Init_error_is_thrown_even_if_the_runtime_does_not_exit()
    {
        using var function = new ScriptFunction("""
            call -d '{"errorMessage":"no config","errorType":"Config"}' "$runtime/init/error"
            call "$runtime/invocation/next"
            sleep 1000
            """);

        var exception = await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync);
        Assert.Equal("no config", exception.Error.Message);

        function.Options.InitFailure = InitFailurePolicy.RetryInInvocation;
        await using var lambda = await function.StartAsync();
        Assert.Equal("no config", (await lambda.InvokeAsync()).Error!.Message);
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ReadLog().Contains(Refused("InitError", "Ready"))));
    }

    [Fact]
    public async Task A_chunked_response_arrives_whole()
    {
        using var function = new ScriptFunction("""
            next
            head -c 300000 /dev/zero | tr '\0' x | curl -sS -o /dev/null -H 'Transfer-Encoding: chunked' --data-binary @- "$runtime/invocation/$id/response"
            next
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal(new string('x', 300_000), (await lambda.InvokeAsync()).EnsureSuccess().PayloadText);
    }

    [Fact]
    public async Task A_streamed_response_may_be_larger_than_a_buffered_one()
    {
        using var function = new ScriptFunction("""
            next
            head -c 7000000 /dev/zero | tr '\0' x | curl -sS -o /dev/null -H 'Transfer-Encoding: chunked' -H 'Lambda-Runtime-Function-Response-Mode: streaming' --data-binary @- "$runtime/invocation/$id/response"
            next
            call -H 'Lambda-Runtime-Function-Response-Mode: shouting' -d x "$runtime/invocation/$id/response"
            next
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal(7_000_000, (await lambda.InvokeAsync()).EnsureSuccess().Payload.Length);

        var outcome = await lambda.InvokeAsync();
        Assert.Equal("Runtime.InvalidResponseModeHeader", outcome.Error!.Type);
        await lambda.WaitUntilFrozenAsync();
        Assert.Contains(
            """{"errorMessage":"Invalid function response mode","errorType":"InvalidFunctionResponseMode"} 400""", lambda.ReadLog());
    }

    [Fact]
    public async Task A_streamed_response_that_fails_on_its_way_says_so_in_its_trailers()
    {
        using var function = new ScriptFunction("""
            next
            host=${AWS_LAMBDA_RUNTIME_API%:*}; port=${AWS_LAMBDA_RUNTIME_API#*:}
            body=$(printf '{"errorMessage":"lost","errorType":"Midway"}' | base64 -w0)
            perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("$ARGV[0]:$ARGV[1]"); print $s "POST /2018-06-01/runtime/invocation/$ARGV[2]/response HTTP/1.1\r\nHost: x\r\nLambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n4\r\nhalf\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Midway\r\nLambda-Runtime-Function-Error-Body: $ARGV[3]\r\n\r\n"; my $a = <$s>; print $a' "$host" "$port" "$id" "$body"
            next
            """);
        await using var lambda = await function.StartAsync();

        var outcome = await lambda.InvokeAsync();

        Assert.Equal(("Midway", "lost"), (outcome.Error!.Type, outcome.Error.Message));
        Assert.Equal("half", outcome.PayloadText);
        await lambda.WaitUntilFrozenAsync();
        Assert.Contains("HTTP/1.1 202 Accepted", lambda.ReadLog().Select(static line => line.Trim()));
    }

    [Fact]
    public async Task A_response_cut_off_is_an_error()
    {
        using var function = new ScriptFunction("""
            next
            host=${AWS_LAMBDA_RUNTIME_API%:*}; port=${AWS_LAMBDA_RUNTIME_API#*:}
            perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("$ARGV[0]:$ARGV[1]"); print $s "POST /2018-06-01/runtime/invocation/$ARGV[2]/response HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"; close $s' "$host" "$port" "$id"
            next
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal("Runtime.TruncatedResponse", (await lambda.InvokeAsync()).Error!.Type);
    }

    [Fact]
    public async Task A_runtime_that_answers_and_never_asks_again_is_reset_at_its_deadline()
    {
        using var function = new ScriptFunction("""
            next; call -d 1 "$runtime/invocation/$id/response"
            sleep 1000
            """);
        function.Options.Timeout = await TestFunction.AmpleTimeoutAsync();
        await using var lambda = await function.StartAsync();

        var outcome = await lambda.InvokeAsync();
        Assert.True(outcome.IsSuccess);
        Assert.True(outcome.Duration < function.Options.Timeout);
        await Assert.ThrowsAsync<InvalidOperationException>(() => lambda.WaitUntilFrozenAsync());

        var reset = Assert.Single(lambda.Resets);
        Assert.Equal(FunctionErrorKind.TimedOut, reset.Error.Kind);
        Assert.True(reset.AfterResponse);
        Assert.Equal(outcome.RequestId, reset.RequestId);
        Assert.True((await lambda.InvokeAsync()).IsSuccess);
        Assert.Equal(2, lambda.ProcessCount);
    }

    [Fact]
    public async Task A_runtime_that_gives_up_waiting_and_asks_again_gets_the_next_invocation()
    {
        using var function = new ScriptFunction("""
            curl -sS --max-time 0.2 "$runtime/invocation/next"
            echo again
            while :; do next; call -d "$event" "$runtime/invocation/$id/response"; done
            """);
        function.Options.FreezesBetweenInvocations = false;
        await using var lambda = await function.StartAsync();
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ReadLog().Contains("again")));

        Assert.Equal("[1]", (await lambda.InvokeAsync("[1]")).EnsureSuccess().PayloadText);
    }

    private static string Refused(string from, string to) =>
        $$"""
        {"errorMessage":"State transition from {{from}} to {{to}} failed for runtime. Error: State transition is not allowed","errorType":"InvalidStateTransition"} 403
        """;
}
