using Npgsql;

namespace WarmContext.Npgsql.Opening;

/// <summary>
/// Asks the password provider when a physical connection is opened, and keeps the answer for two thirds of its life by the environment's clock,
/// so that no timer is needed and a token from before a freeze is not used after it.
/// </summary>
internal sealed class PasswordCache(WarmNpgsqlOptions options)
{
    // Longer than opening takes as a rule.
    private static readonly TimeSpan s_doubtAfter = TimeSpan.FromSeconds(1);

    private readonly Func<WarmPasswordRequest, CancellationToken, ValueTask<WarmPassword>> _provider = options.PasswordProvider!;
    private readonly EnvironmentClock _clock = options.Environment.Clock;
    private volatile Entry? _entry;

    /// <param name="settings">Which server and user it is for.</param>
    /// <param name="attempt">Cancels the attempt to open, and tells one attempt from another.</param>
    public async ValueTask<string> GetAsync(NpgsqlConnectionStringBuilder settings, CancellationToken attempt)
    {
        if (_entry is { } entry && _clock.ElapsedSince(entry.ObtainedAt) < entry.UsableFor && !IsDoubtful(entry))
        {
            entry.Unproven ??= new Use(_clock.Read());
            return entry.Value;
        }

        const string option = $"{nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.PasswordProvider)}";

        // Read before asking: the life of what is returned counts from its making at the latest.
        var askedAt = _clock.Read();
        WarmPassword password;
        try
        {
            password = await _provider(new WarmPasswordRequest(settings.Host!, settings.Port, settings.Database ?? settings.Username ?? string.Empty, settings.Username ?? string.Empty), attempt).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (attempt.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            throw new PasswordProviderException($"{option} threw {exception.GetType().Name}: {exception.Message} It must return the password or token.", exception);
        }

        if (string.IsNullOrEmpty(password.Value))
        {
            throw new PasswordProviderException($"{option} returned null or nothing for user '{settings.Username}'; it must return the password or token.", null);
        }

        // Divided first: a life may be as long as can be said.
        _entry = new Entry(password.Value, askedAt, (password.Life ?? options.PasswordLife) / 3 * 2, attempt) { Unproven = new Use(askedAt) };
        return password.Value;
    }

    /// <summary>Forgets the password that the server refused.</summary>
    /// <param name="startedAt">When the attempt began.</param>
    /// <param name="attempt">The attempt that was refused.</param>
    /// <returns>True if it was given one that was kept from earlier, or has been replaced since, so that another attempt may succeed.</returns>
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
    public void Proven()
    {
        if (_entry is { } entry)
        {
            entry.Unproven = null;
        }
    }

    // Nobody tells of it when the server refuses a connection object that its owner opens; all there is to see is that nothing was opened.
    private bool IsDoubtful(Entry entry) => entry.Unproven is { } use && _clock.ElapsedSince(use.At) > s_doubtAfter;

    private sealed class Entry(string value, ClockReading obtainedAt, TimeSpan usableFor, CancellationToken askedBy)
    {
        private volatile Use? _unproven;

        public string Value => value;

        public CancellationToken AskedBy => askedBy;

        public ClockReading ObtainedAt => obtainedAt;

        public TimeSpan UsableFor => usableFor;

        /// <summary>The first use since a connection was opened last.</summary>
        public Use? Unproven
        {
            get => _unproven;
            set => _unproven = value;
        }
    }

    private sealed record Use(ClockReading At);
}
