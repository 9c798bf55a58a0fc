namespace WarmContext.Testing;

public class ExtensionTests
{
    private const string Function = """
        while :; do next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; done
        """;

    private const string Observer = """
        register observer '"INVOKE","SHUTDOWN"'
        while :; do
          event=$(curl -sS -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next")
          echo "observer $event"
          case $event in *SHUTDOWN*) exit 0 ;; esac
          while [ -n "$WORK" ] && [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done
          echo "observer done"
        done
        """;

    [Fact]
    public async Task An_external_extension_hears_of_every_invocation_and_of_the_shutdown()
    {
        using var function = new ScriptFunction(Function).WithExtension("observer", Observer);
        function.Options.ShutdownPatience = 30;
        await using var lambda = await function.StartAsync();

        var outcome = await lambda.InvokeAsync("[1]");
        await lambda.WaitUntilFrozenAsync();
        var shutdown = await lambda.ShutdownAsync();

        Assert.Equal("[1]", outcome.PayloadText);
        var invoke = lambda.ReadLog().Single(static line => line.Contains("INVOKE", StringComparison.Ordinal));
        Assert.Contains($"\"requestId\":\"{outcome.RequestId}\"", invoke, StringComparison.Ordinal);
        Assert.Contains(
            "\"invokedFunctionArn\":\"arn:aws:lambda:us-east-1:123456789012:function:local-function\"", invoke, StringComparison.Ordinal);
        Assert.Contains("\"deadlineMs\":", invoke, StringComparison.Ordinal);
        Assert.Contains("\"tracing\":{\"type\":\"X-Amzn-Trace-Id\",\"value\":\"Root=1-", invoke, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(2), shutdown.Limit);
        Assert.False(shutdown.WasKilled);
        Assert.Contains(
            shutdown.Log,
            static line =>
                line.Contains("SHUTDOWN", StringComparison.Ordinal)
                    && line.Contains("\"shutdownReason\":\"spindown\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_caller_has_its_answer_before_the_extension_is_done_and_the_freeze_waits_for_it()
    {
        using var function = new ScriptFunction(Function).WithExtension("observer", Observer);
        function.Options.Environment["WORK"] = "until told";
        await using var lambda = await function.StartAsync();

        var outcome = await lambda.InvokeAsync();
        var freezing = lambda.WaitUntilFrozenAsync();
        Assert.False(lambda.IsFrozen);
        Assert.DoesNotContain("observer done", lambda.ReadLog());

        // The runtime waits for its next event meanwhile. Nothing says so; given the time, it would be frozen.
        Assert.NotSame(freezing, await Task.WhenAny(freezing, Task.Delay(300)));
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "go"), string.Empty);
        await freezing;

        Assert.True(outcome.IsSuccess);
        Assert.Contains("observer done", lambda.ReadLog());
    }

    [Fact]
    public async Task An_extension_still_at_work_at_the_deadline_gets_the_environment_reset()
    {
        using var function = new ScriptFunction(Function).WithExtension("observer", Observer);
        function.Options.Environment["WORK"] = "without end";
        function.Options.Timeout = await TestFunction.AmpleTimeoutAsync();
        await using var lambda = await function.StartAsync();

        Assert.True((await lambda.InvokeAsync()).IsSuccess);
        await Assert.ThrowsAsync<InvalidOperationException>(() => lambda.WaitUntilFrozenAsync());

        Assert.True(Assert.Single(lambda.Resets).AfterResponse);
        Assert.True((await lambda.InvokeAsync()).IsSuccess);
        Assert.Equal(2, lambda.ProcessCount);
    }

    [Fact]
    public async Task When_an_invocation_times_out_the_extension_is_told_and_the_next_process_has_its_own()
    {
        using var function = new ScriptFunction("""
            next; [ "$event" = '"hang"' ] && sleep 1000
            curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; next
            """).WithExtension("observer", Observer);
        function.Options.Timeout = await TestFunction.AmpleTimeoutAsync();
        await using var lambda = await function.StartAsync();

        Assert.True((await lambda.InvokeAsync("\"hang\"")).IsTimedOut);
        Assert.True((await lambda.InvokeAsync("1")).IsSuccess);

        Assert.Contains(lambda.ReadLog(), static line => line.Contains("\"shutdownReason\":\"timeout\"", StringComparison.Ordinal));
        Assert.Equal(2, lambda.ReadLog().Count(static line => line.Contains("\"INVOKE\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_internal_extension_holds_the_freeze_back_and_gets_SIGTERM_and_half_a_second()
    {
        using var function = new ScriptFunction("""
            trap 'echo terminated; exit 0' TERM
            register internal '"INVOKE"'
            ( while :; do
              curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
              while [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done; echo flushed
            done ) &
            next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"
            curl -sS -o /dev/null "$runtime/invocation/next" &
            wait $!
            """);
        function.Options.ShutdownPatience = 60;
        await using var lambda = await function.StartAsync();

        await lambda.InvokeAsync();
        var freezing = lambda.WaitUntilFrozenAsync();
        Assert.NotSame(freezing, await Task.WhenAny(freezing, Task.Delay(300)));
        Assert.DoesNotContain("flushed", lambda.ReadLog());
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "go"), string.Empty);
        await freezing;
        Assert.Contains("flushed", lambda.ReadLog());
        var shutdown = await lambda.ShutdownAsync();

        Assert.Equal(TimeSpan.FromMilliseconds(500), shutdown.Limit);
        Assert.False(shutdown.WasKilled);
        Assert.Equal(["terminated"], shutdown.Log);
    }

    [Fact]
    public async Task Without_extensions_the_process_is_killed_at_once()
    {
        using var function = new ScriptFunction("trap 'echo terminated' TERM\n" + Function);
        await using var lambda = await function.StartAsync();

        var shutdown = await lambda.ShutdownAsync();

        Assert.Equal(TimeSpan.Zero, shutdown.Limit);
        Assert.True(shutdown.WasKilled);
        Assert.Empty(shutdown.Log);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lambda.InvokeAsync());
        Assert.Empty(lambda.Resets);
    }

    [Fact]
    public async Task A_runtime_and_an_extension_that_ignore_the_shutdown_are_killed_at_its_limit()
    {
        using var function = new ScriptFunction("trap '' TERM\n" + Function).WithExtension("deaf", """
            trap '' TERM
            register deaf '"SHUTDOWN"'
            curl -sS -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
            sleep 1000
            """);
        await using var lambda = await function.StartAsync();

        var shutdown = await lambda.ShutdownAsync();

        Assert.True(shutdown.WasKilled);
        Assert.InRange(shutdown.Duration.TotalSeconds, 1.9, 60);
    }

    [Fact]
    public async Task An_extension_that_crashes_fails_the_invocation()
    {
        using var function = new ScriptFunction("next; sleep 1000").WithExtension("fragile", """
            register fragile '"INVOKE"'
            curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
            exit 9
            """);
        await using var lambda = await function.StartAsync();

        var outcome = await lambda.InvokeAsync();

        Assert.Equal("Extension.Crash", outcome.Error!.Type);
        Assert.Equal("Extension fragile exited with error: exit status 9", outcome.Error.Message);
    }

    [Theory]
    [InlineData("init", "Extension.InitError")]
    [InlineData("exit", "Extension.ExitError")]
    public async Task An_extension_that_reports_an_error_and_ends_fails_Init(string which, string type)
    {
        using var function = new ScriptFunction(Function).WithExtension("honest", $"""
            register honest '"INVOKE"'
            call -X POST -H "Lambda-Extension-Identifier: $extension_id" "$extension/{which}/error"
            call -X POST -H "Lambda-Extension-Identifier: $extension_id" -H 'Lambda-Extension-Function-Error-Type: Extension.NoConfig' "$extension/{which}/error"
            exit 1
            """);

        var exception = await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync);

        Assert.Equal(type, exception.Error.Type);
        Assert.Contains(
            """{"errorMessage":"Lambda-Extension-Function-Error-Type not found","errorType":"Extension.MissingHeader"} 403""",
            exception.Log);
        Assert.Contains("""{"status":"OK"} 202""", exception.Log);
    }

    [Theory]
    [InlineData("sleep 1000")]
    [InlineData("""register silent '"INVOKE"'; sleep 1000""")]
    public async Task An_extension_that_never_registers_or_never_asks_for_an_event_keeps_Init_from_ending(string script)
    {
        using var function = new ScriptFunction(Function).WithExtension("silent", script);
        function.Options.InitTimeout = TimeSpan.FromSeconds(2);

        var exception = await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync);

        Assert.Equal(FunctionErrorKind.TimedOut, exception.Error.Kind);
    }

    [Fact]
    public async Task Registrations_and_requests_that_are_not_allowed_get_the_documented_refusals()
    {
        using var function = new ScriptFunction("""
            call -d '{"events":["INVOKE"]}' "$extension/register"
            call -H 'Lambda-Extension-Name: a' -d 'nonsense' "$extension/register" | sed 's/errorMessage":"[^"]*"/errorMessage":"..."/'
            call -H 'Lambda-Extension-Name: a' -d '{"events":["PARTY"]}' "$extension/register"
            call -H 'Lambda-Extension-Name: a' -d '{"events":["SHUTDOWN"]}' "$extension/register"
            call -H 'Lambda-Extension-Name: a' -d '{"events":[]}' "$extension/register"
            call -H 'Lambda-Extension-Name: a' -d '{"events":[]}' "$extension/register"
            call -H 'Lambda-Extension-Name: b' -H 'Lambda-Extension-Accept-Feature: accountId' -d '{}' "$extension/register"
            call "$extension/event/next"
            call -H 'Lambda-Extension-Identifier: nonsense' "$extension/event/next"
            call -H 'Lambda-Extension-Identifier: 00000000-0000-0000-0000-000000000001' "$extension/event/next"
            # Once the runtime has asked for its first invocation, nobody can register: that it is closed is said before that the name is taken.
            curl -sS -o /dev/null "$runtime/invocation/next" &
            while :; do
              answer=$(call -H 'Lambda-Extension-Name: a' -d '{"events":["INVOKE"]}' "$extension/register")
              case $answer in *RegistrationClosed*) echo "$answer"; kill $!; exit 1 ;; esac
            done
            """);

        // Init fails, because the script ends; everything is in the log all the same.
        var log = (await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync)).Log;

        Assert.Equal(
            [
                """{"errorMessage":"Empty extension name","errorType":"Extension.InvalidExtensionName"} 403""",
                """{"errorMessage":"...","errorType":"InvalidRequestFormat"} 403""",
                """{"errorMessage":"PARTY: ErrorInvalidEventType","errorType":"Extension.InvalidEventType"} 403""",
                """
                {"errorMessage":"SHUTDOWN: ShutdownEventNotSupportedForInternalExtension","errorType":"Extension.InvalidEventType"} 403
                """,
                """{"functionName":"local-function","functionVersion":"$LATEST","handler":"script"} 200""",
                """{"errorMessage":"Extension with this name already registered","errorType":"Extension.InvalidExtensionState"} 403""",
                """{"functionName":"local-function","functionVersion":"$LATEST","handler":"script","accountId":"123456789012"} 200""",
                """{"errorMessage":"Missing Lambda-Extension-Identifier header","errorType":"Extension.MissingExtensionIdentifier"} 403""",
                """{"errorMessage":"Invalid Lambda-Extension-Identifier","errorType":"Extension.InvalidExtensionIdentifier"} 403""",
                """
                {"errorMessage":"Unknown extension 00000000-0000-0000-0000-000000000001","errorType":"Extension.UnknownExtensionIdentifier"} 403
                """,
                """{"errorMessage":"Extension registration closed already","errorType":"Extension.RegistrationClosed"} 403""",
            ],
            log);
    }

    [Fact]
    public async Task An_eleventh_extension_is_refused()
    {
        using var function = new ScriptFunction("""
            for i in 1 2 3 4 5 6 7 8 9 10 11; do call -H "Lambda-Extension-Name: e$i" -d '{"events":[]}' "$extension/register"; done
            exit 1
            """);

        var log = (await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync)).Log;

        Assert.Equal(10, log.Count(static line => line.EndsWith(" 200", StringComparison.Ordinal)));
        Assert.Equal("""{"errorMessage":"Extension limit (10) reached","errorType":"Extension.TooManyExtensions"} 403""", log[10]);
    }

    [Fact]
    public async Task An_external_extension_does_not_see_what_concerns_the_runtime_alone()
    {
        using var function = new ScriptFunction(Function).WithExtension("nosy", """
            env
            register nosy '"INVOKE"'
            curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
            """);
        function.Options.Environment["TABLE"] = "orders";
        await using var lambda = await function.StartAsync();

        var names = lambda.ReadLog().Select(static line => line.Split('=')[0]).ToList();

        Assert.Contains("TABLE", names);
        Assert.Contains("AWS_LAMBDA_RUNTIME_API", names);
        Assert.Contains("AWS_LAMBDA_FUNCTION_NAME", names);
        Assert.DoesNotContain("_HANDLER", names);
        Assert.DoesNotContain("AWS_EXECUTION_ENV", names);
        Assert.DoesNotContain("AWS_LAMBDA_LOG_STREAM_NAME", names);
    }
}
