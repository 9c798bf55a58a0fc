namespace WarmContext.Benchmarks.Connections;

/// <summary>Real time that can be set forward, so that a benchmark need not wait for a connection to become idle.</summary>
public sealed class BenchmarkTime : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() =>
        base.GetTimestamp() + (Interlocked.Read(ref _ticks) * TimestampFrequency / TimeSpan.TicksPerSecond);

    public void Skip(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public ExecutionEnvironment Environment() => ExecutionEnvironment.Create(
        new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "benchmark", ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand" },
        this);
}
