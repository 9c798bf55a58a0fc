using WarmContext.TestSupport;

namespace WarmContext.Tests.Time;

public sealed class EnvironmentClockTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(10, 10, 10)]
    [InlineData(600, 0, 600)]
    [InlineData(0, 600, 600)]
    [InlineData(-3600, 5, 5)]
    [InlineData(-3600, 0, 0)]
    public void Elapsed_is_the_larger_of_both_clocks_and_never_negative(int wall, int monotonic, int expected)
    {
        var clock = new EnvironmentClock(_time);
        var reading = clock.Read();

        _time.AdvanceWallOnly(TimeSpan.FromSeconds(wall));
        _time.AdvanceMonotonicOnly(TimeSpan.FromSeconds(monotonic));

        Assert.Equal(TimeSpan.FromSeconds(expected), clock.ElapsedSince(reading));
    }

    [Fact]
    public void The_systems_clock_moves()
    {
        var reading = EnvironmentClock.System.Read();

        Assert.True(SpinWait.SpinUntil(() => EnvironmentClock.System.ElapsedSince(reading) > TimeSpan.Zero, TimeSpan.FromSeconds(5)));
    }
}
