namespace WarmContext.Testing;

public class SnapStartTests
{
    [Fact]
    public async Task The_before_hooks_run_in_Init_and_the_after_hooks_when_the_first_invocation_restores_the_snapshot()
    {
        await using var lambda = await LocalExecutionEnvironment.StartAsync(Options());
        await lambda.WaitUntilFrozenAsync();
        Assert.Equal(RecordedPhaseKind.Snapshot, lambda.ReadRecording().Phases[^1].Kind);

        var first = await lambda.InvokeAsync();
        var second = await lambda.InvokeAsync();

        Assert.Equal(["before 2", "before 1", "after 1", "after 2", "snap-start"], first.ReadPayload<string[]>()!);
        Assert.Equal(first.ReadPayload<string[]>()!, second.ReadPayload<string[]>()!);
        Assert.True(first.IsColdStart);
        Assert.True(first.RestoreDuration > TimeSpan.Zero);
        Assert.Null(second.RestoreDuration);
        Assert.Equal(
            [
                RecordedPhaseKind.Init,
                RecordedPhaseKind.Snapshot,
                RecordedPhaseKind.Thaw,
                RecordedPhaseKind.Restore,
                RecordedPhaseKind.Invoke,
            ],
            lambda.ReadRecording().Phases.Take(5).Select(static phase => phase.Kind));
    }

    [Fact]
    public async Task A_before_hook_that_fails_fails_Init()
    {
        var options = Options();
        options.Environment["FAIL"] = "before 1";

        var exception = await Assert.ThrowsAsync<FunctionInitException>(() => LocalExecutionEnvironment.StartAsync(options));

        Assert.Equal("before 1 failed", exception.Error.Message);
    }

    [Fact]
    public async Task An_after_hook_that_fails_fails_the_invocation_that_waits_for_it()
    {
        var options = Options();
        options.Environment["FAIL"] = "after 2";
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var outcome = await lambda.InvokeAsync();

        Assert.Equal("after 2 failed", outcome.Error!.Message);
        Assert.Single(lambda.Resets);
    }

    [Fact]
    public async Task After_hooks_past_their_limit_are_killed_and_the_next_invocation_starts_another_process()
    {
        using var function = new ScriptFunction("""
            call "$runtime/restore/next"
            [ -e "$TMPDIR/again" ] || { : > "$TMPDIR/again"; sleep 1000; }
            while :; do next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; done
            """);
        function.Options.InitializationType = InitializationType.SnapStart;
        Assert.Equal(TimeSpan.FromSeconds(10), function.Options.RestoreTimeout);
        function.Options.RestoreTimeout = await TestFunction.AmpleTimeoutAsync();
        await using var lambda = await function.StartAsync();

        var outcome = await lambda.InvokeAsync("1");

        Assert.True(outcome.IsTimedOut);
        Assert.StartsWith("Restore timed out after ", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(FunctionErrorKind.TimedOut, Assert.Single(lambda.Resets).Error.Kind);
        Assert.Equal("2", (await lambda.InvokeAsync("2")).EnsureSuccess().PayloadText);
        Assert.Equal(2, lambda.ProcessCount);
    }

    [Fact]
    public async Task A_foreign_runtime_asks_for_the_restore_itself_and_outside_of_SnapStart_it_is_refused()
    {
        const string Script = """
            call "$runtime/restore/next"
            call -d '{}' "$runtime/restore/error"
            while :; do next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; done
            """;
        using var function = new ScriptFunction(Script);
        function.Options.InitializationType = InitializationType.SnapStart;
        await using (var lambda = await function.StartAsync())
        {
            Assert.Empty(lambda.ReadLog());

            var outcome = await lambda.InvokeAsync();

            // It reports an error once it is restored: that is the answer.
            Assert.Equal("Runtime.Unknown", outcome.Error!.Type);
            Assert.Equal(" 200", lambda.ReadLog()[0]);
        }

        using var other = new ScriptFunction(Script);
        await using var onDemand = await other.StartAsync();
        Assert.True((await onDemand.InvokeAsync("1")).IsSuccess);
        Assert.Contains(
            "State transition from Started to RestoreReady failed for runtime", onDemand.ReadLog()[0], StringComparison.Ordinal);
    }

    private static LocalFunctionOptions Options()
    {
        var options = TestFunction.Options("Snapshots::Ran");
        options.InitializationType = InitializationType.SnapStart;
        return options;
    }
}
