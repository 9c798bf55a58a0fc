using Npgsql;
using Polly;
using Polly.Retry;
using WarmContext.Npgsql.Diagnostics;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Opening;

/// <summary>
/// Repeats attempts to open after a transient failure, with exponential delays and jitter, until the lease's limit. Nothing was sent
/// before.
/// </summary>
internal sealed class OpenRetry
{
    /// <summary>
    /// How often a refused password is asked for anew: a kept one, and one that another attempt obtained just before it was replaced.
    /// </summary>
    public const int MaxRefusedPasswords = 2;

    /// <summary>The wait before the first retry.</summary>
    public static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest wait before a retry.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(500);

    private readonly ResiliencePipeline _pipeline;

    public OpenRetry(TimeProvider time, string name) => _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            // The lease's own limit ends it.
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = MinDelay,
            MaxDelay = MaxDelay,
            ShouldHandle = failure => new ValueTask<bool>(failure.Outcome.Exception is { } exception && OpenFailure.IsTransient(exception)),
            OnRetry = retry =>
            {
                ConnectionMetrics.Retried(name);
                WarmNpgsqlLog.OpenRetried(name, retry.AttemptNumber + 1, retry.RetryDelay, retry.Outcome.Exception);
                return default;
            },
        })
        .Build();

    public ValueTask<NpgsqlConnection> RunAsync(
        Func<CancellationToken, ValueTask<NpgsqlConnection>> attempt, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(static (attempt, token) => attempt(token), attempt, cancellationToken);
}
