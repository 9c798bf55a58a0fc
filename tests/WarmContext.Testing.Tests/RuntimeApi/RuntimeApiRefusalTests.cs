using System.Globalization;

namespace WarmContext.Testing;

/// <summary>What the runtime itself sees of requests that the Runtime API and the Extensions API refuse.</summary>
public class RuntimeApiRefusalTests
{
    [Fact]
    public async Task A_request_with_the_wrong_method_gets_405_everywhere()
    {
        using var function = new ScriptFunction("""
            for path in invocation/next restore/next; do call -d x "$runtime/$path"; done
            for path in init/error restore/error invocation/1/response invocation/1/error; do call "$runtime/$path"; done
            call -d x "$extension/event/next"
            for path in register init/error exit/error; do call "$extension/$path"; done
            exit 1
            """);

        var log = (await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync)).Log;

        Assert.Equal(Enumerable.Repeat(" 405", 10), log);
    }

    [Fact]
    public async Task A_response_that_is_too_large_gets_413()
    {
        using var function = new ScriptFunction("""
            next; head -c 6291557 /dev/zero | call -H 'Expect:' --data-binary @- "$runtime/invocation/$id/response"
            next
            """);
        await using var lambda = await function.StartAsync();

        await lambda.InvokeAsync();
        await lambda.WaitUntilFrozenAsync();

        Assert.Equal(
            ["""{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"} 413"""],
            lambda.ReadLog());
    }

    [Fact]
    public async Task A_streamed_response_may_have_200_MiB_and_not_a_byte_more()
    {
        using var function = new ScriptFunction("""
            while :; do
              next
              head -c "$event" /dev/zero | curl -sS -w '%{http_code}\n' -o /dev/null -N -T - -X POST -H 'Expect:' -H 'Lambda-Runtime-Function-Response-Mode: streaming' "$runtime/invocation/$id/response"
            done
            """);
        function.Options.ResourceLimits = ResourceLimits.None;
        await using var lambda = await function.StartAsync();
        const int Max = 200 * 1024 * 1024;

        Assert.Equal(Max, (await lambda.InvokeAsync(Max.ToString(CultureInfo.InvariantCulture))).EnsureSuccess().Payload.Length);
        Assert.Equal(
            "Function.ResponseSizeTooLarge", (await lambda.InvokeAsync((Max + 1).ToString(CultureInfo.InvariantCulture))).Error!.Type);
        await lambda.WaitUntilFrozenAsync();

        Assert.Equal(["202", "413"], lambda.ReadLog());
    }

    [Fact]
    public async Task A_response_cut_off_gets_400_where_the_runtime_still_listens()
    {
        using var function = new ScriptFunction("""
            next
            host=${AWS_LAMBDA_RUNTIME_API%:*}; port=${AWS_LAMBDA_RUNTIME_API#*:}
            LC_ALL=C perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("$ARGV[0]:$ARGV[1]"); print $s "POST /2018-06-01/runtime/invocation/$ARGV[2]/response HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"; $s->flush; shutdown($s, 1); print while <$s>' "$host" "$port" "$id"
            echo; next
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal("Runtime.TruncatedResponse", (await lambda.InvokeAsync()).Error!.Type);
        await lambda.WaitUntilFrozenAsync();

        Assert.StartsWith("HTTP/1.1 400 ", lambda.ReadLog()[0], StringComparison.Ordinal);
        Assert.Contains("""{"errorMessage":"HTTP request detected as truncated","errorType":"TruncatedHTTPRequest"}""", lambda.ReadLog());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public async Task A_request_id_that_no_runtime_could_answer_is_refused(string id)
    {
        using var function = new ScriptFunction("next; next");
        await using var lambda = await function.StartAsync();

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => lambda.InvokeAsync(new LocalInvocation { RequestId = id }));

        Assert.Contains($"'{id}'", exception.Message, StringComparison.Ordinal);
    }
}
