using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace WarmContext.Npgsql.Opening;

/// <summary>
/// Asks the password provider when a physical connection is opened, and keeps the answer for two thirds of its life by the environment's
/// clock, so that it needs no timer, and a token from before a freeze is not used after it.
/// </summary>
internal sealed class PasswordCache(WarmNpgsqlOptions options)
{
    private const string Option = $"{nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.PasswordProvider)}";

    // Longer than opening takes as a rule.
    private static readonly TimeSpan s_doubtAfter = TimeSpan.FromSeconds(1);

    private readonly Func<WarmPasswordRequest, CancellationToken, ValueTask<WarmPassword>> _provider = options.PasswordProvider!;
    private readonly EnvironmentClock _clock = options.Environment.Clock;
    private volatile Entry? _entry;

    /// <summary>As <see cref="GetAsync"/>, blocking. A password that is kept needs no thread but the caller's.</summary>
    public string Get(NpgsqlConnectionStringBuilder settings, CancellationToken attempt) =>
        TryGetKept(out var kept) ? kept : Task.Run(() => GetAsync(settings, attempt).AsTask()).GetAwaiter().GetResult();

    /// <param name="settings">Which server and user it is for.</param>
    /// <param name="attempt">Cancels the attempt to open, and tells one attempt from another.</param>
    public async ValueTask<string> GetAsync(NpgsqlConnectionStringBuilder settings, CancellationToken attempt)
    {
        if (TryGetKept(out var kept))
        {
            return kept;
        }

        // Read before asking: the answer's life counts from its making at the latest.
        var askedAt = _clock.Read();
        var password = await AskAsync(settings, attempt).ConfigureAwait(false);

        // Divided first: a life may be as long as a TimeSpan can be.
        var usableFor = (password.Life ?? options.PasswordLife) / 3 * 2;
        _entry = new Entry(password.Value, askedAt, usableFor, attempt) { Unverified = new Use(askedAt) };
        return password.Value;
    }

    /// <summary>Drops the password that the server refused.</summary>
    /// <param name="startedAt">When the attempt began.</param>
    /// <param name="attempt">The attempt that was refused.</param>
    /// <returns>
    /// True if the attempt used a password that was kept from earlier, or that has been replaced since, so that another attempt may
    /// succeed.
    /// </returns>
    public bool Refused(ClockReading startedAt, CancellationToken attempt)
    {
        var entry = _entry;
        var askedItself = entry?.AskedBy == attempt;

        // What another attempt has obtained since this one began is not what was refused.
        if (entry is not null && (askedItself || _clock.Elapsed(startedAt, entry.ObtainedAt) == TimeSpan.Zero))
        {
            Interlocked.CompareExchange(ref _entry, null, entry);
        }

        return !askedItself;
    }

    /// <summary>A connection was opened: the password is right.</summary>
    public void Accepted()
    {
        if (_entry is { } entry)
        {
            entry.Unverified = null;
        }
    }

    private bool TryGetKept([NotNullWhen(true)] out string? password)
    {
        if (_entry is { } entry && _clock.ElapsedSince(entry.ObtainedAt) < entry.UsableFor && !IsDoubtful(entry))
        {
            entry.Unverified ??= new Use(_clock.Read());
            password = entry.Value;
            return true;
        }

        password = null;
        return false;
    }

    private async ValueTask<WarmPassword> AskAsync(NpgsqlConnectionStringBuilder settings, CancellationToken attempt)
    {
        var request = new WarmPasswordRequest
        {
            Host = settings.Host!,
            Port = settings.Port,
            Database = settings.Database ?? settings.Username ?? string.Empty,
            Username = settings.Username ?? string.Empty,
        };
        WarmPassword password;
        try
        {
            password = await _provider(request, attempt).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (attempt.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            throw new PasswordProviderException(
                $"{Option} threw {exception.GetType().Name}: {exception.Message} It must return the password or token.", exception);
        }

        return !string.IsNullOrEmpty(password.Value) ? password : throw new PasswordProviderException(
            $"{Option} returned null or nothing for user '{settings.Username}'; it must return the password or token.", null);
    }

    // Where the owner of a connection object opens it and the server refuses, nothing is reported; all there is to see is that nothing was
    // opened.
    private bool IsDoubtful(Entry entry) => entry.Unverified is { } use && _clock.ElapsedSince(use.At) > s_doubtAfter;

    private sealed class Entry(string value, ClockReading obtainedAt, TimeSpan usableFor, CancellationToken askedBy)
    {
        private volatile Use? _unverified;

        public string Value => value;

        public CancellationToken AskedBy => askedBy;

        public ClockReading ObtainedAt => obtainedAt;

        public TimeSpan UsableFor => usableFor;

        /// <summary>The first use since a connection was last opened; null if there was none.</summary>
        public Use? Unverified
        {
            get => _unverified;
            set => _unverified = value;
        }
    }

    private sealed record Use(ClockReading At);
}
