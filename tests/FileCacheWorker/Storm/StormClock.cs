namespace WarmContext.FileCacheWorker.Storm;

/// <summary>A wall clock that is wrong, and is set now and then; the monotonic one is the machine's.</summary>
internal sealed class StormClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _offset));

    public void Set(TimeSpan offset) => Interlocked.Exchange(ref _offset, offset.Ticks);
}
