using System.Runtime.ExceptionServices;
using Npgsql;
using WarmContext.Npgsql.Diagnostics;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Opening;

/// <summary>
/// As <see cref="ConnectionOpener"/>, blocking, and without any need of the thread pool: Npgsql's synchronous opening has none either.
/// </summary>
internal sealed class BlockingOpener(
    NpgsqlDataSource pool, WarmNpgsqlOptions options, PasswordCache? passwords, string name)
{
    [ThreadStatic]
    private static CancellationToken s_attempt;

    // How long Npgsql itself takes at most: its timeout is in whole seconds.
    private readonly TimeSpan _longestAttempt = options.OpenAttemptTimeout + TimeSpan.FromSeconds(2);

    /// <summary>Stands for the attempt that this thread is at. It is never cancelled; it tells one attempt from another.</summary>
    public static CancellationToken CurrentAttempt => s_attempt;

    /// <summary>True where an attempt is over before the time is, so that the calling thread can make it.</summary>
    public bool FitsInto(TimeSpan left) => left > _longestAttempt;

    /// <summary>One attempt, on the calling thread. Costs no more than Npgsql's own open when an idle connection is available.</summary>
    public NpgsqlConnection OpenHere()
    {
        var connection = pool.CreateConnection();
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection, idle or new, within the limit.</summary>
    public NpgsqlConnection Open(LeaseLimit limit)
    {
        var refusedPasswords = 0;
        var delay = OpenRetry.MinDelay;
        for (var number = 1; ; number++)
        {
            limit.ThrowIfOver();
            using var attempt = new CancellationTokenSource();
            var startedAt = options.Environment.Clock.Read();
            Exception failure;
            try
            {
                return FitsInto(limit.Left) ? OpenAs(attempt.Token) : OpenBeside(limit, attempt.Token);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failure = exception;
            }

            limit.LastFailure = failure;
            var isTransient = OpenFailure.IsTransient(failure)
                || (OpenFailure.IsRefusedPassword(failure) && passwords?.Refused(startedAt, attempt.Token) == true
                    && ++refusedPasswords <= OpenRetry.MaxRefusedPasswords);
            if (!isTransient)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            ConnectionMetrics.Retried(name);
            WarmNpgsqlLog.OpenRetried(name, number, delay, failure);
            var left = limit.Left;
            Thread.Sleep(delay < left ? delay : left);
            delay = (delay * (1.5 + Random.Shared.NextDouble())) is var next && next < OpenRetry.MaxDelay ? next : OpenRetry.MaxDelay;
        }
    }

    private NpgsqlConnection OpenAs(CancellationToken attempt)
    {
        s_attempt = attempt;
        try
        {
            return OpenHere();
        }
        finally
        {
            s_attempt = CancellationToken.None;
        }
    }

    // Npgsql's synchronous opening can't be cancelled, and may take longer than there is time.
    private NpgsqlConnection OpenBeside(LeaseLimit limit, CancellationToken attempt)
    {
        var opening = OwnThread.Run(() => OpenAs(attempt));
        if (OwnThread.Wait(opening, limit.Left))
        {
            return opening.GetAwaiter().GetResult();
        }

        _ = opening.ContinueWith(
            static opening =>
            {
                _ = opening.Exception;
                if (opening.IsCompletedSuccessfully)
                {
                    opening.Result.Dispose();
                }
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        limit.Expire();
        throw new OperationCanceledException(limit.Token);
    }
}
