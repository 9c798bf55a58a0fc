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

        Assert.Equal([Refused("Registered", "Registered", "hasty"), Refused("Ready", "Ready", "ID"), Refused("Ready", "InitError", "ID"), "has its event"], lambda.ReadLog());
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
    public async Task A_request_for_the_next_event_that_is_given_up_can_be_made_again()
    {
        using var function = new ScriptFunction(Function).WithExtension("wavering", """
            register wavering '"INVOKE"'
            me="Lambda-Extension-Identifier: $extension_id"
            curl -sS --max-time 0.3 -o /dev/null -H "$me" "$extension/event/next"
            while :; do curl -sS -o /dev/null -w '%{http_code}\n' -H "$me" "$extension/event/next"; done
            """);
        function.Options.FreezesBetweenInvocations = false;
        await using var lambda = await function.StartAsync();

        // An invocation that comes while it doesn't wait, it doesn't hear of.
        await TestFunction.UntilAsync(async () =>
        {
            (await lambda.InvokeAsync()).EnsureSuccess();
            return lambda.ReadLog().Contains("200");
        });

        Assert.DoesNotContain("403", lambda.ReadLog());
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

        Assert.Equal("""{"errorMessage":"configurationKeys are deprecated; use environment variables instead","errorType":"InvalidRequestFormat"} 403""", log[0]);
        Assert.EndsWith(" 200", log[1], StringComparison.Ordinal);
    }

    private static string Refused(string from, string to, string who) =>
        $$"""{"errorMessage":"State transition from {{from}} to {{to}} failed for extension {{who}}. Error: State transition is not allowed","errorType":"Extension.InvalidExtensionState"} 403""";
}
