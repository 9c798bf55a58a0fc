using Npgsql;
using Polly;
using Polly.Retry;
using WarmContext.Connections;

namespace WarmContext.Npgsql;

/// <summary>Repeats attempts to open where nothing was sent yet and time may mend the failure: exponential delays with jitter, until the lease's limit.</summary>
internal sealed class OpenRetry
{
    private readonly ResiliencePipeline _pipeline;

    public OpenRetry(TimeProvider time, PasswordCache? passwords, string name) => _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            // The lease's own limit ends it.
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(20),
            MaxDelay = TimeSpan.FromMilliseconds(500),
            ShouldHandle = failure => new ValueTask<bool>(failure.Outcome.Exception is { } exception && IsWorthRetrying(exception, passwords)),
            OnRetry = retry =>
            {
                ConnectionMetrics.Retried(name);
                WarmNpgsqlLog.OpenRetried(name, retry.AttemptNumber + 1, retry.RetryDelay, retry.Outcome.Exception);
                return default;
            },
        })
        .Build();

    public ValueTask<NpgsqlConnection> RunAsync(Func<CancellationToken, ValueTask<NpgsqlConnection>> attempt, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(static (attempt, token) => attempt(token), attempt, cancellationToken);

    private static bool IsWorthRetrying(Exception exception, PasswordCache? passwords) =>
        OpenFailure.IsTransient(exception) || (passwords is not null && OpenFailure.IsRefusedPassword(exception) && passwords.Forget());
}
