namespace WarmContext.Npgsql.Tests;

/// <summary>Real time, real timers, and clocks that a test can set forward: what an environment sees that was frozen.</summary>
internal sealed class FreezableTimeProvider : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() =>
        base.GetTimestamp() + (Interlocked.Read(ref _ticks) * TimestampFrequency / TimeSpan.TicksPerSecond);

    public void Freeze(TimeSpan length) => Interlocked.Add(ref _ticks, length.Ticks);
}
