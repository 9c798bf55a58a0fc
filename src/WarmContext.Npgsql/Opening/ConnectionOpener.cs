using System.Runtime.ExceptionServices;
using Npgsql;

namespace WarmContext.Npgsql.Opening;

/// <summary>Opens connections from Npgsql's pool, and tries again after a transient failure, as long as nothing was sent.</summary>
internal sealed class ConnectionOpener
{
    private readonly NpgsqlDataSource _pool;
    private readonly EnvironmentClock _clock;
    private readonly TimeProvider _time;
    private readonly TimeSpan _attemptTimeout;
    private readonly string _target;
    private readonly string _name;
    private readonly PasswordCache? _passwords;
    private OpenRetry? _retry;
    private CancellationTokenSource? _spare;

    public ConnectionOpener(NpgsqlDataSource pool, WarmNpgsqlOptions options, PasswordCache? passwords, string name, string target)
    {
        _pool = pool;
        _clock = options.Environment.Clock;
        _time = _clock.TimeProvider;
        _attemptTimeout = options.OpenAttemptTimeout;
        _target = target;
        _name = name;
        _passwords = passwords;
    }

    /// <summary>Starts to open. Costs no more than Npgsql's own open when an idle connection is available.</summary>
    public PendingOpen Start()
    {
        var source = Interlocked.Exchange(ref _spare, null) ?? new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        var connection = _pool.CreateConnection();
        return new PendingOpen(connection, connection.OpenAsync(source.Token), source);
    }

    /// <summary>Takes back the token source of an attempt that ended before anybody waited for it.</summary>
    public void Recycle(CancellationTokenSource source) => Volatile.Write(ref _spare, source);

    /// <summary>Opens a connection, idle or new, within the limit.</summary>
    /// <param name="first">The first attempt, if it was started already.</param>
    /// <param name="limit">The lease's limit.</param>
    public async ValueTask<NpgsqlConnection> OpenAsync(PendingOpen? first, LeaseLimit limit)
    {
        var attempts = new Attempts(this, first, limit);
        try
        {
            return limit.Token.IsCancellationRequested
                ? await RetryAsync(attempts, limit).ConfigureAwait(false)
                : await attempts.NextAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!limit.Token.IsCancellationRequested)
        {
            attempts.FailedWith(exception);
            return await RetryAsync(attempts, limit).ConfigureAwait(false);
        }
        finally
        {
            // With no time left from the beginning, nobody has looked at the first attempt.
            await attempts.CloseUntakenAsync().ConfigureAwait(false);
        }
    }

    // A first attempt succeeds as a rule, so the retry is made, and its assembly loaded, only after a failure: a cold start doesn't need
    // it.
    private ValueTask<NpgsqlConnection> RetryAsync(Attempts attempts, LeaseLimit limit) =>
        (_retry ??= new OpenRetry(_time, _name)).RunAsync(attempts.NextAsync, limit.Token);

    /// <summary>An attempt that was started: Npgsql either had an idle connection, or is opening a physical one.</summary>
    internal readonly struct PendingOpen(NpgsqlConnection connection, Task opening, CancellationTokenSource source)
    {
        public NpgsqlConnection Connection => connection;

        public Task Opening => opening;

        /// <summary>Cancels it. Its time isn't set; that is for the caller.</summary>
        public CancellationTokenSource Source => source;
    }

    private sealed class Attempts(ConnectionOpener opener, PendingOpen? first, LeaseLimit limit)
    {
        private PendingOpen? _first = first;
        private ExceptionDispatchInfo? _failure;
        private int _refusedPasswords;

        /// <summary>The next attempt fails as the first did, so that the retry decides on it as on any other.</summary>
        public void FailedWith(Exception exception) => _failure = ExceptionDispatchInfo.Capture(exception);

        public ValueTask CloseUntakenAsync()
        {
            var untaken = _first;
            _first = null;
            return untaken is { } attempt ? CloseAsync(attempt) : ValueTask.CompletedTask;
        }

        public async ValueTask<NpgsqlConnection> NextAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _failure, null) is { } failure)
            {
                failure.Throw();
            }

            var startedAt = _first is null ? opener._clock.Read() : limit.Started;
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

                // Not every step of Npgsql's opening heeds the token (it waits for the answer to the TLS request without it).
                await attempt.Opening.WaitAsync(source.Token).ConfigureAwait(false);
                return attempt.Connection;
            }
            catch (Exception exception)
            {
                await CloseAsync(attempt).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                limit.LastFailure = exception;
                if (AsTransient(exception, startedAt, source.Token) is { } transient)
                {
                    limit.LastFailure = transient;
                    throw transient;
                }

                throw;
            }
        }

        /// <summary>The failures that only this class knows to be transient; null for the others.</summary>
        private WarmNpgsqlException? AsTransient(Exception exception, ClockReading startedAt, CancellationToken attempt)
        {
            if (exception is OperationCanceledException)
            {
                const string option = $"{nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.OpenAttemptTimeout)}";
                return new WarmNpgsqlException(
                    $"an attempt took more than {option} ({opener._attemptTimeout}); {opener._target} accepts no connection or "
                        + $"answers too slowly. {OpenFailure.CheckNetwork}",
                    exception, true);
            }

            return OpenFailure.IsRefusedPassword(exception) && opener._passwords?.Refused(startedAt, attempt) == true
                && ++_refusedPasswords <= OpenRetry.MaxRefusedPasswords
                ? new WarmNpgsqlException("the server refused a password that was kept from earlier.", exception, true) : null;
        }

        private static async ValueTask CloseAsync(PendingOpen attempt)
        {
            if (attempt.Opening.IsCompleted)
            {
                await attempt.Connection.DisposeAsync().ConfigureAwait(false);
                return;
            }

            // Npgsql's own timeout ends it; until then it counts in Npgsql's pool.
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
