using Npgsql;

namespace WarmContext.Npgsql;

/// <summary>
/// Asks the password provider when a physical connection is opened, and keeps the answer for two thirds of its life by the environment's clock,
/// so that no timer is needed and a token from before a freeze is not used after it.
/// </summary>
internal sealed class PasswordCache(WarmNpgsqlOptions options)
{
    private readonly Func<WarmPasswordRequest, CancellationToken, ValueTask<WarmPassword>> _provider = options.PasswordProvider!;
    private readonly EnvironmentClock _clock = options.Environment.Clock;
    private volatile Entry? _entry;

    public async ValueTask<string> GetAsync(NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        if (_entry is { } entry && _clock.ElapsedSince(entry.ObtainedAt) < entry.UsableFor)
        {
            entry.IsReused = true;
            return entry.Value;
        }

        const string option = $"{nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.PasswordProvider)}";

        // Read before asking: the life of what is returned counts from its making at the latest.
        var askedAt = _clock.Read();
        WarmPassword password;
        try
        {
            password = await _provider(new WarmPasswordRequest(settings.Host!, settings.Port, settings.Database ?? settings.Username ?? string.Empty, settings.Username ?? string.Empty), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
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

        var life = password.Life ?? options.PasswordLife;
        _entry = life > TimeSpan.Zero ? new Entry(password.Value, askedAt, life * 2 / 3) : null;
        return password.Value;
    }

    /// <summary>Forgets the password that the server refused.</summary>
    /// <returns>True if it was one kept from earlier, so that asking anew may help.</returns>
    public bool Forget()
    {
        var entry = _entry;
        _entry = null;
        return entry is { IsReused: true };
    }

    private sealed class Entry(string value, ClockReading obtainedAt, TimeSpan usableFor)
    {
        public string Value => value;

        public ClockReading ObtainedAt => obtainedAt;

        public TimeSpan UsableFor => usableFor;

        public bool IsReused { get; set; }
    }
}
