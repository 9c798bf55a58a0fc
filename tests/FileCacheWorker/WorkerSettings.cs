namespace WarmContext.FileCacheWorker;

/// <summary>What a worker does, and where.</summary>
public sealed record WorkerSettings(
    string Mode,
    Uri Endpoint,
    string AccessKey,
    string SecretKey,
    string Bucket,
    string Directory,
    long Capacity,
    int Callers,
    double Seconds,
    int Seed)
{
    public string[] ToArguments() =>
    [
        Mode, Endpoint.ToString(), AccessKey, SecretKey, Bucket, Directory,
        FormattableString.Invariant($"{Capacity}"), FormattableString.Invariant($"{Callers}"),
        FormattableString.Invariant($"{Seconds}"), FormattableString.Invariant($"{Seed}"),
    ];
}
