using System.Globalization;

namespace WarmContext.Testing;

public class TimeTravelTests
{
    [Fact]
    public async Task After_a_long_freeze_all_clocks_have_moved_and_waits_that_are_over_have_ended()
    {
        var options = TestFunction.Options("Clocks::Read");
        options.TimeTravel = true;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        if (!await TryFreezeForAsync(lambda, TimeSpan.FromSeconds(1)))
        {
            return;
        }

        var before = (await lambda.InvokeAsync()).ReadPayload<double[]>()!;
        await lambda.FreezeFor(TimeSpan.FromMinutes(8));
        var between = (await lambda.InvokeAsync()).ReadPayload<double[]>()!;
        await lambda.FreezeFor(TimeSpan.FromMinutes(12));
        var after = (await lambda.InvokeAsync()).ReadPayload<double[]>()!;

        Assert.All(Enumerable.Range(0, 3), clock => Assert.InRange(between[clock] - before[clock], 480_000, 500_000));
        Assert.All(Enumerable.Range(0, 3), clock => Assert.InRange(after[clock] - between[clock], 720_000, 740_000));
        Assert.Equal((0, 0, 1), (before[3], between[3], after[3]));
        Assert.Contains(lambda.ReadRecording().Phases, static phase => phase.DeclaredDuration == TimeSpan.FromMinutes(12));
    }

    [Fact]
    public async Task The_deadline_is_in_the_functions_time()
    {
        var options = TestFunction.Options("Clocks::Remaining");
        options.TimeTravel = true;
        options.Timeout = TimeSpan.FromSeconds(60);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        await TryFreezeForAsync(lambda, TimeSpan.FromMinutes(20));

        Assert.InRange((await lambda.InvokeAsync()).ReadPayload<double>(), 30, 60);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task Connections_are_cut_off_after_their_idle_time_and_using_one_is_found(int minutes, bool works)
    {
        using var peer = new Peer();
        var options = TestFunction.Options("Habits::KeepOpen");
        options.TimeTravel = true;
        options.Audit = true;
        options.Environment["PEER"] = peer.Port.ToString(CultureInfo.InvariantCulture);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        (await lambda.InvokeAsync("10")).EnsureSuccess();

        if (!await TryFreezeForAsync(lambda, TimeSpan.FromMinutes(minutes)))
        {
            return;
        }

        var outcome = await lambda.InvokeAsync("10");
        await lambda.WaitUntilFrozenAsync();

        Assert.Equal(works, outcome.IsSuccess);
        Assert.Equal(works, !lambda.ReadRecording().Findings.Any(static finding => finding.Kind == FindingKind.DeadConnectionUsed));
    }

    [Fact]
    public async Task It_has_to_be_asked_for_before_the_start()
    {
        await using var lambda = await TestFunction.StartAsync("Clocks::Read");

        await Assert.ThrowsAsync<InvalidOperationException>(() => lambda.FreezeFor(TimeSpan.FromMinutes(20)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => lambda.FreezeFor(TimeSpan.Zero));
    }

    /// <summary>False where there is no C compiler: then that is said.</summary>
    private static async Task<bool> TryFreezeForAsync(LocalExecutionEnvironment lambda, TimeSpan duration)
    {
        if (Isolation.Preload.PreloadLibrary.Path is not null)
        {
            await lambda.FreezeFor(duration);
            return true;
        }

        await Assert.ThrowsAsync<PlatformNotSupportedException>(() => lambda.FreezeFor(duration));
        Assert.Contains(lambda.ReadRecording().Limitations, static sentence => sentence.Contains("clock", StringComparison.Ordinal));
        return false;
    }
}
