namespace WarmContext.Testing;

public class FleetTests
{
    [Fact]
    public async Task Concurrent_invocations_have_environments_of_their_own_and_later_ones_reuse_them()
    {
        await using var fleet = await LocalFleet.StartAsync(
            new LocalFleetOptions { Function = TestFunction.Options("Lifecycle::SleepMilliseconds"), MaxEnvironments = 3 });

        var outcomes = await Task.WhenAll(fleet.InvokeAsync("2000"), fleet.InvokeAsync("2000"));
        Assert.All(outcomes, static outcome => Assert.True(outcome.EnsureSuccess().IsColdStart));
        Assert.Equal(2, fleet.Environments.Count);

        for (var i = 0; i < 5; i++)
        {
            await WhenAllAreFrozenAsync(fleet);
            Assert.False((await fleet.InvokeAsync("0")).EnsureSuccess().IsColdStart);
        }

        var recording = fleet.ReadRecording();
        Assert.Equal((2, 2, 7), (fleet.Environments.Count, recording.Environments, recording.Invocations.Count));
        Assert.Equal([0, 1], recording.Phases.Select(static phase => phase.Environment).Distinct().Order());
        Assert.Equal(recording.Phases.OrderBy(static phase => phase.Start), recording.Phases);
    }

    [Fact]
    public async Task More_than_there_may_be_are_throttled()
    {
        using var function = new ScriptFunction("""
            while :; do next; while [ "$event" = '"wait"' ] && [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; done
            """);
        await using var fleet = await LocalFleet.StartAsync(new LocalFleetOptions { Function = function.Options, MaxEnvironments = 1 });
        await fleet.InvokeAsync();
        await WhenAllAreFrozenAsync(fleet);

        var first = fleet.InvokeAsync("\"wait\"");
        await TestFunction.UntilAsync(() => Task.FromResult(fleet.ReadRecording().Invocations.Count == 2));
        var exception = await Assert.ThrowsAsync<FunctionThrottledException>(() => fleet.InvokeAsync());

        Assert.Contains("Rate Exceeded", exception.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(fleet.Environments[0].TemporaryDirectory, "go"), string.Empty);
        Assert.True((await first).IsSuccess);
    }

    [Fact]
    public async Task One_that_has_answered_is_waited_for_a_moment_before_an_invocation_is_throttled()
    {
        // More than 100 ms from the answer to the request for the next event.
        using var function = new ScriptFunction(
            """while :; do next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; sleep 0.1; done""");
        await using var fleet = await LocalFleet.StartAsync(
            new LocalFleetOptions { Function = function.Options, MaxEnvironments = 1, PatienceAtLimit = TimeSpan.FromMinutes(2) });

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("1", (await fleet.InvokeAsync("1")).EnsureSuccess().PayloadText);
        }

        Assert.Single(fleet.Environments);
    }

    [Fact]
    public async Task As_many_as_there_may_be_are_started_at_once_and_none_is_counted_twice()
    {
        await using var fleet = await LocalFleet.StartAsync(
            new LocalFleetOptions
            {
                Function = TestFunction.Options("Lifecycle::SleepMilliseconds"),
                ProvisionedEnvironments = 1,
                MaxEnvironments = 3,
            });

        var outcomes = await Task.WhenAll(fleet.InvokeAsync("2000"), fleet.InvokeAsync("2000"), fleet.InvokeAsync("2000"));

        Assert.All(outcomes, static outcome => outcome.EnsureSuccess());
        Assert.Equal(3, fleet.Environments.Count);
    }

    [Fact]
    public async Task A_start_that_fails_takes_no_place_of_the_fleet()
    {
        var options = TestFunction.Options("ThrowingConstructor::Run");
        await using var fleet = await LocalFleet.StartAsync(new LocalFleetOptions { Function = options, MaxEnvironments = 1 });

        for (var i = 0; i < 2; i++)
        {
            var failed = await Assert.ThrowsAsync<FunctionInitException>(() => fleet.InvokeAsync());
            Assert.Contains("no database", failed.Message, StringComparison.Ordinal);
        }

        Assert.Empty(fleet.Environments);
    }

    [Fact]
    public async Task Provisioned_environments_are_there_before_the_first_invocation_and_others_spill_over()
    {
        await using var fleet = await LocalFleet.StartAsync(
            new LocalFleetOptions
            {
                Function = TestFunction.Options("Lifecycle::Variables"),
                ProvisionedEnvironments = 1,
                MaxEnvironments = 2,
            });
        Assert.Single(fleet.Environments);

        var outcomes = await Task.WhenAll(fleet.InvokeAsync(), fleet.InvokeAsync());

        Assert.Equal(
            ["on-demand", "provisioned-concurrency"], outcomes.Select(
                static outcome => outcome.ReadPayload<Dictionary<string, string>>()!["AWS_LAMBDA_INITIALIZATION_TYPE"]).Order());
    }

    /// <summary>One that has just answered, and has not yet asked for the next, is busy; then a fleet starts another.</summary>
    private static Task WhenAllAreFrozenAsync(LocalFleet fleet) =>
        Task.WhenAll(fleet.Environments.Select(static environment => environment.WaitUntilFrozenAsync()));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1001, 0)]
    [InlineData(2, 3)]
    public async Task Options_that_are_not_allowed_are_refused(int max, int provisioned) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
        () => LocalFleet.StartAsync(
            new LocalFleetOptions
            {
                Function = TestFunction.Options("Lifecycle::Count"),
                MaxEnvironments = max,
                ProvisionedEnvironments = provisioned,
            }));
}
