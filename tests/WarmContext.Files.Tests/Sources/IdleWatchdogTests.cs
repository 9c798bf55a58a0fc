using WarmContext.Files.Sources;
using WarmContext.TestSupport;

namespace WarmContext.Files.Tests.Sources;

public sealed class IdleWatchdogTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly IdleWatchdog _watchdog;
    private readonly IdleWatchdog.Watch _watch;

    public IdleWatchdogTests()
    {
        _watchdog = new IdleWatchdog(s_timeout, _time);
        _watch = _watchdog.Start(CancellationToken.None);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _watchdog.Dispose();
    }

    [Fact]
    public void What_is_idle_for_the_timeout_has_stalled()
    {
        Tick(8);
        Assert.False(_watch.Stalled);
        Tick(1);
        Assert.True(_watch.Stalled);
    }

    [Fact]
    public void Progress_begins_the_count_anew()
    {
        Tick(8);
        _watch.NoteProgress();
        Tick(9);
        Assert.False(_watch.Stalled);
        Tick(1);
        Assert.True(_watch.Stalled);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(86_400)]
    public void Frozen_time_counts_as_one_tick_however_long_it_was(int seconds)
    {
        // Both clocks jump, and a periodic timer that was frozen fires once.
        Tick(4);
        _time.AdvanceMonotonicOnly(TimeSpan.FromSeconds(seconds));
        _time.AdvanceWallOnly(TimeSpan.FromSeconds(seconds));
        Tick(3);
        Assert.False(_watch.Stalled);
        Tick(1);
        Assert.True(_watch.Stalled);
    }

    private void Tick(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _time.Advance(s_tick);
        }
    }
}
