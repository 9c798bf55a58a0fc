namespace WarmContext.Testing;

public class RecordingTests
{
    [Fact]
    public async Task Phases_invocations_and_lines_are_recorded_in_their_order()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Log");
        var first = await lambda.InvokeAsync("\"one\"");
        await lambda.WaitUntilFrozenAsync();
        var second = await lambda.InvokeAsync("\"two\"");
        await lambda.WaitUntilFrozenAsync();

        var recording = lambda.ReadRecording();

        Assert.Equal(
            [
                RecordedPhaseKind.Init, RecordedPhaseKind.Freeze, RecordedPhaseKind.Thaw, RecordedPhaseKind.Invoke,
                RecordedPhaseKind.Freeze, RecordedPhaseKind.Thaw, RecordedPhaseKind.Invoke, RecordedPhaseKind.Freeze,
            ],
            recording.Phases.Select(static phase => phase.Kind));
        Assert.All(recording.Phases.SkipLast(1), static phase => Assert.True(phase.End >= phase.Start));
        Assert.Null(recording.Phases[^1].End);
        Assert.All(recording.Phases.Zip(recording.Phases.Skip(1)), static pair => Assert.True(pair.Second.Start >= pair.First.End));
        Assert.Equal([first.RequestId, second.RequestId], recording.Invocations.Select(static invocation => invocation.RequestId));
        var invocation = recording.Invocations[0];
        Assert.True(invocation.IsColdStart);
        Assert.Equal(first.InitDuration, invocation.InitDuration);
        Assert.True(invocation.Start < invocation.Responded && invocation.Responded <= invocation.End);
        Assert.Equal(5, invocation.EventBytes);
        Assert.Equal(5, invocation.ResponseBytes);
        Assert.Equal(first.RequestId, recording.Log.Single(static line => line.Text == "out one").RequestId);
        Assert.Equal(second.RequestId, recording.Log.Single(static line => line.Text == "out two").RequestId);
        var constructed = recording.Log.Single(static line => line.Text == "constructor");
        Assert.Null(constructed.RequestId);
        Assert.Equal((recording.Phases[0].Start, recording.Phases[0].End), (constructed.NotBefore, constructed.NotAfter));
        Assert.Empty(recording.Findings);
    }

    [Fact]
    public async Task A_reset_ends_its_phase_with_the_reason_and_another_process_follows()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Exit");
        var outcome = await lambda.InvokeAsync("3");
        await lambda.InvokeAsync("3");

        var recording = lambda.ReadRecording();

        var invoke = recording.Phases.First(static phase => phase.Kind == RecordedPhaseKind.Invoke);
        Assert.Equal(("Runtime.ExitError: Runtime exited with error: exit status 3", outcome.RequestId), (invoke.Error, invoke.RequestId));
        Assert.Equal("Runtime.ExitError: Runtime exited with error: exit status 3", recording.Invocations[0].Error);
        Assert.Equal([1, 2], recording.Invocations.Select(static invocation => invocation.Process));
        Assert.Equal(2, recording.Phases.Count(static phase => phase.Kind == RecordedPhaseKind.Init));
    }

    [Fact]
    public async Task What_was_recorded_can_be_read_after_the_disposal_and_is_the_same_from_its_json()
    {
        var options = TestFunction.Options("Lifecycle::Log");
        options.Audit = true;
        var lambda = await LocalExecutionEnvironment.StartAsync(options);
        await lambda.InvokeAsync("\"one\"");
        await lambda.WaitUntilFrozenAsync();
        await lambda.DisposeAsync();

        var recording = lambda.ReadRecording();
        var json = recording.ToJson();
        var again = Recording.FromJson(json);
        using var stream = new MemoryStream();
        await recording.WriteJsonAsync(stream);

        Assert.Contains(recording.Log, static line => line.Text == "out one");
        Assert.NotEmpty(recording.Findings);
        Assert.Equal(json, again.ToJson());
        Assert.Equal(json, System.Text.Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Contains("\"kind\": \"Init\"", json, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(
            () => Recording.FromJson(json.Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Concurrent_invocations_have_phases_that_overlap()
    {
        var options = TestFunction.Options("Lifecycle::Rendezvous");
        options.InitializationType = InitializationType.ManagedInstances;
        options.MaxConcurrency = 2;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        await Task.WhenAll(lambda.InvokeAsync("2"), lambda.InvokeAsync("2"));

        var invocations = lambda.ReadRecording().Invocations;
        Assert.Equal(2, invocations.Count);
        Assert.True(invocations[1].Start < invocations[0].End && invocations[0].Start < invocations[1].End);
    }
}
