namespace WarmContext.Testing;

/// <summary>What extensions are refused in the state that they are in, and what they aren't told.</summary>
public class ExtensionRefusalTests
{
    private const string Function = """
        : > "$TMPDIR/runtime-started"
        while :; do next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; done
        """;

    [Fact]
    public async Task An_external_extension_takes_each_step_once_and_in_its_order()
    {
        using var function = new ScriptFunction(Function).WithExtension("hasty", """
            register hasty '"INVOKE"'
            me="Lambda-Extension-Identifier: $extension_id"
            call -H 'Lambda-Extension-Name: hasty' -d '{"events":["INVOKE"]}' "$extension/register"
            ( curl -sS -o /dev/null -H "$me" "$extension/event/next" ) &
            until [ -e "$TMPDIR/waits" ]; do sleep 0.02; done
            call -H "$me" "$extension/event/next" | sed "s/$extension_id/ID/"
            call -X POST -H "$me" -H 'Lambda-Extension-Function-Error-Type: Extension.Late' "$extension/init/error" | sed "s/$extension_id/ID/"
            wait; echo has its event
            curl -sS -o /dev/null -H "$me" "$extension/event/next"
            """);
        function.Options.FreezesBetweenInvocations = false;
        await using var lambda = await function.StartAsync();

        // Init is over, so the extension waits for its first event.
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "waits"), string.Empty);
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ReadLog().Count == 3));
        await lambda.InvokeAsync();
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ReadLog().Count == 4));

        Assert.Equal(
            [
                Refused("Registered", "Registered", "hasty"),
                Refused("Ready", "Ready", "ID"),
                Refused("Ready", "InitError", "ID"),
                "has its event",
            ],
            lambda.ReadLog());
    }

    [Fact]
    public async Task An_extension_for_the_shutdown_alone_is_told_of_no_invocation_and_holds_no_freeze_back()
    {
        using var function = new ScriptFunction(Function).WithExtension("last", """
            register last '"SHUTDOWN"'
            curl -sS -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
            """);
        await using var lambda = await function.StartAsync();

        for (var i = 0; i < 2; i++)
        {
            (await lambda.InvokeAsync()).EnsureSuccess();
            await lambda.WaitUntilFrozenAsync();
        }

        Assert.Empty(lambda.ReadLog());
        Assert.Contains("\"eventType\":\"SHUTDOWN\"", Assert.Single((await lambda.ShutdownAsync()).Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_runtime_starts_when_every_external_extension_has_registered()
    {
        using var function = new ScriptFunction(Function).WithExtension("early", """
            sleep 0.3; [ -e "$TMPDIR/runtime-started" ] && echo too early
            register early '"INVOKE"'
            while [ ! -e "$TMPDIR/runtime-started" ]; do sleep 0.02; done; echo in time
            while :; do curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"; done
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal(["in time"], lambda.ReadLog());
    }

    [Fact]
    public async Task A_request_for_the_next_event_that_is_given_up_can_be_made_again_at_once_and_gets_the_next_event()
    {
        // The runtime asks for its first event only afterwards, so that Init isn't over before the extension waits again.
        using var function = new ScriptFunction("""
            register wavering '"INVOKE"'
            me="Lambda-Extension-Identifier: $extension_id"
            for i in 1 2 3 4 5 6 7 8 9 10; do curl -s --max-time 0.1 -o /dev/null -w '%{http_code}\n' -H "$me" "$extension/event/next"; done
            ( curl -sS -w ' %{http_code}\n' -H "$me" "$extension/event/next" ) &
            next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; wait
            """);
        function.Options.FreezesBetweenInvocations = false;
        await using var lambda = await function.StartAsync();

        var outcome = (await lambda.InvokeAsync()).EnsureSuccess();
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ReadLog().Count == 11));

        Assert.Equal(Enumerable.Repeat("000", 10), lambda.ReadLog().Take(10));
        Assert.Contains($"\"requestId\":\"{outcome.RequestId}\"", lambda.ReadLog()[10], StringComparison.Ordinal);
        Assert.EndsWith(" 200", lambda.ReadLog()[10], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extension_that_has_given_up_its_request_holds_the_freeze_back()
    {
        using var function = new ScriptFunction("""
            register wavering '"INVOKE"'
            me="Lambda-Extension-Identifier: $extension_id"
            ( curl -sS -o /dev/null -H "$me" "$extension/event/next"
              curl -s --max-time 0.1 -o /dev/null -H "$me" "$extension/event/next"
              : > "$TMPDIR/given-up"
              while [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done
              curl -sS -o /dev/null -H "$me" "$extension/event/next" ) &
            next; while [ ! -e "$TMPDIR/given-up" ]; do sleep 0.02; done
            curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; next
            """);
        await using var lambda = await function.StartAsync();
        (await lambda.InvokeAsync()).EnsureSuccess();

        var freezing = lambda.WaitUntilFrozenAsync();

        // Nothing says that it isn't frozen; given the time, it would be.
        Assert.NotSame(freezing, await Task.WhenAny(freezing, Task.Delay(300)));
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "go"), string.Empty);
        await freezing;
    }

    [Fact]
    public async Task A_subscription_to_telemetry_or_logs_gets_the_answer_that_there_is_none()
    {
        using var function = new ScriptFunction("""
            call -X PUT -d '{}' "http://$AWS_LAMBDA_RUNTIME_API/2022-07-01/telemetry"
            call -X PUT -d '{}' "http://$AWS_LAMBDA_RUNTIME_API/2020-08-15/logs"
            call "http://$AWS_LAMBDA_RUNTIME_API/2022-07-01/telemetry"
            exit 1
            """);

        var log = (await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync)).Log;

        Assert.Equal(
            [
                """{"errorMessage":"Telemetry API is not supported","errorType":"Telemetry.NotSupported"} 202""",
                """{"errorMessage":"Logs API is not supported","errorType":"Logs.NotSupported"} 202""",
                " 405",
            ],
            log);
    }

    [Fact]
    public async Task Configuration_keys_are_refused()
    {
        using var function = new ScriptFunction("""
            call -H 'Lambda-Extension-Name: a' -d '{"events":[],"configurationKeys":["x"]}' "$extension/register"
            call -H 'Lambda-Extension-Name: a' -d '{"events":[],"configurationKeys":[]}' "$extension/register"
            exit 1
            """);

        var log = (await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync)).Log;

        Assert.Equal(
            """
            {"errorMessage":"configurationKeys are deprecated; use environment variables instead","errorType":"InvalidRequestFormat"} 403
            """,
            log[0]);
        Assert.EndsWith(" 200", log[1], StringComparison.Ordinal);
    }

    private static string Refused(string from, string to, string who) =>
        $$"""
        {"errorMessage":"State transition from {{from}} to {{to}} failed for extension {{who}}. Error: State transition is not allowed","errorType":"Extension.InvalidExtensionState"} 403
        """;
}
