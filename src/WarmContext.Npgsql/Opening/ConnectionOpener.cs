using System.Runtime.ExceptionServices;
using Npgsql;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Opening;

/// <summary>Opens connections from Npgsql's pool, and tries again where nothing was sent yet and time may mend the failure.</summary>
internal sealed class ConnectionOpener
{
    // A kept password that was refused, and one that another attempt obtained just before it was replaced.
    private const int MostRefusedPasswords = 2;

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

    // A first attempt succeeds as a rule, so what repeats it is made, and its assembly loaded, only when one has failed: a cold start has no use for it.
    private ValueTask<NpgsqlConnection> RetryAsync(Attempts attempts, LeaseLimit limit) =>
        (_retry ??= new OpenRetry(_time, _name)).RunAsync(attempts.NextAsync, limit.Token);

    private sealed class Attempts(ConnectionOpener opener, PendingOpen? first, LeaseLimit limit)
    {
        private PendingOpen? _first = first;
        private ExceptionDispatchInfo? _failure;
        private int _refusedPasswords;

        /// <summary>Has the next attempt fail as the first did, so that whoever repeats attempts decides on it as on any other.</summary>
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
                        $"an attempt took more than {nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.OpenAttemptTimeout)} ({opener._attemptTimeout}); {opener._target} accepts no connection or answers too slowly. {OpenFailure.CheckNetwork}", exception, true);
                    limit.LastFailure = exception;
                    throw exception;
                }

                if (OpenFailure.IsRefusedPassword(exception) && opener._passwords?.Refused(startedAt, source.Token) == true && ++_refusedPasswords <= MostRefusedPasswords)
                {
                    exception = new WarmNpgsqlException("the server refused a password that was kept from earlier.", exception, true);
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
