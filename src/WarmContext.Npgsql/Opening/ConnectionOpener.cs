using Npgsql;
using Polly;
using Polly.Retry;
using WarmContext.Connections;

namespace WarmContext.Npgsql;

/// <summary>Opens connections from Npgsql's pool, and tries again where nothing was sent yet and time may mend the failure.</summary>
internal sealed class ConnectionOpener
{
    private readonly NpgsqlDataSource _pool;
    private readonly TimeProvider _time;
    private readonly TimeSpan _attemptTimeout;
    private readonly string _target;
    private readonly ResiliencePipeline _retry;
    private CancellationTokenSource? _spare;

    public ConnectionOpener(NpgsqlDataSource pool, WarmNpgsqlOptions options, PasswordCache? passwords, string name, string target)
    {
        _pool = pool;
        _time = options.Environment.Clock.TimeProvider;
        _attemptTimeout = options.OpenAttemptTimeout;
        _target = target;
        _retry = new ResiliencePipelineBuilder { TimeProvider = _time }
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
    }

    /// <summary>Starts to open. Costs no more than Npgsql's own open when an idle connection is at hand.</summary>
    public PendingOpen Start()
    {
        var source = Interlocked.Exchange(ref _spare, null) ?? new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        var connection = _pool.CreateConnection();
        return new PendingOpen(connection, connection.OpenAsync(source.Token), source);
    }

    /// <summary>Takes back the token source of an attempt that ended before anybody waited for it.</summary>
    public void Recycle(CancellationTokenSource source) => Volatile.Write(ref _spare, source);

    /// <summary>Opens a connection, idle or new, within the limit.</summary>
    /// <param name="first">The first attempt, already started.</param>
    /// <param name="limit">The lease's limit.</param>
    public async ValueTask<NpgsqlConnection> OpenAsync(PendingOpen? first, LeaseLimit limit)
    {
        var attempts = new Attempts(this, first, limit);
        try
        {
            return await _retry.ExecuteAsync(static (attempts, token) => attempts.NextAsync(token), attempts, limit.Token).ConfigureAwait(false);
        }
        finally
        {
            // With no time left from the beginning, nobody has looked at the first attempt.
            await attempts.CloseUntakenAsync().ConfigureAwait(false);
        }
    }

    private static bool IsWorthRetrying(Exception exception, PasswordCache? passwords) =>
        OpenFailure.IsTransient(exception) || (passwords is not null && OpenFailure.IsRefusedPassword(exception) && passwords.Forget());

    private sealed class Attempts(ConnectionOpener opener, PendingOpen? first, LeaseLimit limit)
    {
        private PendingOpen? _first = first;

        public ValueTask CloseUntakenAsync()
        {
            var untaken = _first;
            _first = null;
            return untaken is { } attempt ? CloseAsync(attempt) : ValueTask.CompletedTask;
        }

        public async ValueTask<NpgsqlConnection> NextAsync(CancellationToken cancellationToken)
        {
            var attempt = _first ?? opener.Start();
            _first = null;
            using var source = attempt.Source;
            using var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
            try
            {
                if (!attempt.Opening.IsCompleted)
                {
                    source.CancelAfter(opener._attemptTimeout);
                }

                // Not every step of Npgsql's opening heeds the token (the answer to the TLS request is waited for without it).
                await attempt.Opening.WaitAsync(source.Token).ConfigureAwait(false);
                return attempt.Connection;
            }
            catch (Exception exception)
            {
                await CloseAsync(attempt).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (exception is OperationCanceledException)
                {
                    exception = new WarmNpgsqlException(
                        $"an attempt took more than {nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.OpenAttemptTimeout)} ({opener._attemptTimeout}); {opener._target} accepts no connection or answers too slowly.", exception, true);
                    limit.LastFailure = exception;
                    throw exception;
                }

                limit.LastFailure = exception;
                throw;
            }
        }

        private static async ValueTask CloseAsync(PendingOpen attempt)
        {
            if (attempt.Opening.IsCompleted)
            {
                await attempt.Connection.DisposeAsync().ConfigureAwait(false);
                return;
            }

            // Bounded by Npgsql's own timeout; until then it keeps its place in Npgsql's pool.
            _ = attempt.Opening.ContinueWith(
                static (opening, connection) =>
                {
                    _ = opening.Exception;
                    ((NpgsqlConnection)connection!).Dispose();
                },
                attempt.Connection, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
