namespace WarmContext.Testing;

public class ShutdownTests
{
    [Fact]
    public async Task A_runtime_that_waits_for_its_next_event_goes_on_waiting_while_its_SIGTERM_hook_runs()
    {
        // The request for the next event must not be answered: a runtime that is refused would end before its hook has.
        using var function = new ScriptFunction("""
            register internal '"INVOKE"'
            ( curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next" ) &
            trap 'sleep 0.2; echo hook done; exit 0' TERM
            ( curl -sS -w 'next was answered %{http_code}\n' -o /dev/null "$runtime/invocation/next" ) &
            wait; wait; wait
            """);
        function.Options.ShutdownPatience = 60;
        await using var lambda = await function.StartAsync();

        var shutdown = await lambda.ShutdownAsync();

        Assert.DoesNotContain(shutdown.Log, static line => line.Contains("answered", StringComparison.Ordinal));
        Assert.Contains(lambda.ReadRecording().Phases, static phase => phase.Kind == RecordedPhaseKind.Shutdown && phase.End is not null);
        Assert.False(shutdown.WasKilled);
        Assert.Equal(["hook done"], shutdown.Log);
    }

    [Fact]
    public async Task A_function_that_ignores_SIGTERM_is_killed_after_its_time()
    {
        using var function = new ScriptFunction("""
            trap '' TERM
            register internal '"INVOKE"'
            ( curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next" ) &
            next
            """);
        await using var lambda = await function.StartAsync();

        var shutdown = await lambda.ShutdownAsync();

        Assert.True(shutdown.WasKilled);
        Assert.InRange(shutdown.Duration.TotalMilliseconds, 450, 60_000);
    }

    [Fact]
    public async Task A_runtime_that_ignores_SIGTERM_leaves_external_extensions_most_of_the_time()
    {
        using var function = new ScriptFunction("trap '' TERM\nnext").WithExtension("flusher", """
            register flusher '"SHUTDOWN"'
            curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"
            sleep 0.5; echo flushed
            """);

        // 3 s for the runtime, and 7 for the extension.
        function.Options.ShutdownPatience = 5;
        await using var lambda = await function.StartAsync();

        var shutdown = await lambda.ShutdownAsync();

        Assert.True(shutdown.WasKilled);
        Assert.Equal(TimeSpan.FromSeconds(2), shutdown.Limit);
        Assert.Equal(["flushed"], shutdown.Log);
        Assert.InRange(shutdown.Duration.TotalSeconds, 3, 10);
    }

    [Fact]
    public async Task An_external_extension_that_did_not_ask_to_be_told_is_not_waited_for()
    {
        using var function = new ScriptFunction("while :; do next; done").WithExtension("deaf", """
            trap '' TERM
            register deaf '"INVOKE"'
            while :; do curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"; done
            """);
        function.Options.ShutdownPatience = 30;
        await using var lambda = await function.StartAsync();

        var shutdown = await lambda.ShutdownAsync();

        // It ignores SIGTERM; waited for, it would take the whole minute and be killed.
        Assert.False(shutdown.WasKilled);
        Assert.InRange(shutdown.Duration.TotalSeconds, 0, 59);
    }

    [Fact]
    public async Task Work_that_is_held_after_the_response_ends_before_the_environment_is_shut_down()
    {
        using var function = new ScriptFunction("""
            while :; do
              next
              curl -sS -o /dev/null -d 1 "$runtime/invocation/$id/response"
              sleep 0.3; echo work done
            done
            """);
        await using var lambda = await function.StartAsync();
        (await lambda.InvokeAsync()).EnsureSuccess();

        var shutdown = await lambda.ShutdownAsync();

        Assert.Contains("work done", lambda.ReadLog());
        Assert.Equal(TimeSpan.Zero, shutdown.Limit);
    }

    [Fact]
    public async Task An_extension_hears_of_a_crash_of_the_runtime()
    {
        using var function = new ScriptFunction("""
            [ -e "$TMPDIR/again" ] || { next; : > "$TMPDIR/again"; exit 1; }
            next; curl -sS -o /dev/null -d 1 "$runtime/invocation/$id/response"; next
            """).WithExtension("witness", """
            register witness '"SHUTDOWN"'
            curl -sS -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"; echo
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal("Runtime.ExitError", (await lambda.InvokeAsync()).Error!.Type);
        (await lambda.InvokeAsync()).EnsureSuccess();

        Assert.Contains("\"shutdownReason\":\"failure\"", Assert.Single(lambda.ReadLog()), StringComparison.Ordinal);
    }
}
