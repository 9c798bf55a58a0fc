namespace WarmContext.Shared.RuntimeLog;

/// <summary>What is logged in one call of Lambda's logger.</summary>
internal sealed class RuntimeLogEntry
{
    /// <summary>The level as it was given. One that Lambda's runtime doesn't know, or null, is never filtered.</summary>
    public string? Level { get; init; }

    public string? Message { get; init; }

    public object?[]? Arguments { get; init; }

    public Exception? Exception { get; init; }

    public string? RequestId { get; init; }

    public string? TenantId { get; init; }

    public string? TraceId { get; init; }

    public required DateTimeOffset Time { get; init; }
}
