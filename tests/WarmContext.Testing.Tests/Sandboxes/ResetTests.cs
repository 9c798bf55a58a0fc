namespace WarmContext.Testing;

public class ResetTests
{
    [Fact]
    public async Task An_invocation_past_its_timeout_is_killed_and_the_next_gets_a_new_process()
    {
        var options = TestFunction.Options("Lifecycle::SleepMilliseconds");
        options.Timeout = TimeSpan.FromSeconds(2);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        var before = lambda.ProcessId!.Value;

        var outcome = await lambda.InvokeAsync("60000");

        Assert.True(outcome.IsTimedOut);
        Assert.Equal("Sandbox.Timedout", outcome.Error!.Type);
        Assert.Equal("Task timed out after 2.00 seconds", outcome.Error.Message);
        Assert.Equal(
            $$"""
            {"errorType":"Sandbox.Timedout","errorMessage":"RequestId: {{outcome.RequestId}} Error: Task timed out after 2.00 seconds"}
            """,
            outcome.PayloadText);
        Assert.InRange(outcome.Duration.TotalSeconds, 2, 59);
        await TestFunction.UntilGoneAsync(before);
        Assert.Equal(outcome.RequestId, Assert.Single(lambda.Resets).RequestId);

        options.Timeout = TimeSpan.FromSeconds(60);
        var next = await lambda.InvokeAsync("0");
        Assert.True(next.IsSuccess || next.IsTimedOut);
        Assert.True(next.IsColdStart);
        Assert.NotEqual(before, lambda.ProcessId);
        Assert.Equal(2, lambda.ProcessCount);
    }

    [Fact]
    public async Task A_function_that_never_returns_is_killed_too()
    {
        var options = TestFunction.Options("Lifecycle::Hang");
        options.Timeout = TimeSpan.FromMilliseconds(500);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        Assert.True((await lambda.InvokeAsync()).IsTimedOut);
    }

    [Theory]
    [InlineData("Lifecycle::Exit", "3", "Runtime exited with error: exit status 3")]
    [InlineData("Lifecycle::Exit", "0", "Runtime exited without providing a reason")]
    [InlineData("Lifecycle::Crash", "{}", "Runtime exited with error: signal: killed")]
    public async Task A_crash_is_an_outcome_and_the_next_invocation_gets_a_new_process(string handler, string payload, string message)
    {
        await using var lambda = await TestFunction.StartAsync(handler);

        for (var i = 1; i <= 2; i++)
        {
            var outcome = await lambda.InvokeAsync(payload);

            Assert.Equal(FunctionErrorKind.ProcessExited, outcome.Error!.Kind);
            Assert.Equal("Runtime.ExitError", outcome.Error.Type);
            Assert.Equal(message, outcome.Error.Message);
            Assert.True(outcome.IsColdStart);
            Assert.Equal(i, lambda.ProcessCount);
        }

        Assert.Equal(2, lambda.Resets.Count);
    }

    [Theory]
    [InlineData("exit 3")]
    [InlineData("sleep 1000")]
    public async Task The_ephemeral_storage_survives_a_reset(string end)
    {
        using var function = new ScriptFunction($$"""
            next; [ -e "$TMPDIR/marker" ] || { echo kept > "$TMPDIR/marker"; {{end}}; }
            curl -sS -o /dev/null -d "\"$(cat "$TMPDIR/marker")\"" "$runtime/invocation/$id/response"; next
            """);
        function.Options.Timeout = await TestFunction.AmpleTimeoutAsync();
        await using var lambda = await function.StartAsync();

        Assert.False((await lambda.InvokeAsync()).IsSuccess);

        Assert.Equal("kept", (await lambda.InvokeAsync()).ReadPayload<string>());
        Assert.Equal(2, lambda.ProcessCount);
    }

    [Fact]
    public async Task A_process_killed_while_frozen_is_replaced_without_the_caller_noticing()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Count");
        await lambda.InvokeAsync();
        await lambda.WaitUntilFrozenAsync();
        var before = lambda.ProcessId!.Value;

        System.Diagnostics.Process.GetProcessById(before).Kill();
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ProcessId is null));
        var outcome = await lambda.InvokeAsync();

        Assert.Equal($"{lambda.ProcessId} 1", outcome.ReadPayload<string>());
        Assert.NotEqual(before, lambda.ProcessId);
        Assert.Null(Assert.Single(lambda.Resets).RequestId);
        Assert.True(outcome.IsColdStart);
    }

    [Fact]
    public async Task A_response_that_is_too_large_is_refused_and_ends_the_process_as_on_Lambda()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Large");

        Assert.Equal((6 * 1024 * 1024) + 100, (await lambda.InvokeAsync("0")).EnsureSuccess().Payload.Length);
        foreach (var more in (string[])["1", "1048576"])
        {
            var outcome = await lambda.InvokeAsync(more);
            Assert.Equal(FunctionErrorKind.InvalidResponse, outcome.Error!.Kind);
            Assert.Equal("Function.ResponseSizeTooLarge", outcome.Error.Type);
        }

        Assert.True((await lambda.InvokeAsync("0")).IsSuccess);
        Assert.Equal(3, lambda.ProcessCount);
        Assert.All(lambda.Resets, static reset => Assert.True(reset.AfterResponse));
    }
}
