using System.Globalization;
using Npgsql;

namespace WarmContext.Npgsql.Opening;

/// <summary>Turns a connection string and the options into the settings of Npgsql's pool, and refuses what can't work across a freeze.</summary>
internal static class ConnectionSettings
{
    // Longer names are cut by the server (NAMEDATALEN - 1).
    private const int LongestApplicationName = 63;

    public static NpgsqlConnectionStringBuilder Build(string connectionString, WarmNpgsqlOptions options, out int bound)
    {
        var settings = Parse(connectionString);
        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            throw new ArgumentException("The connection string has no Host; it must name the server, as in \"Host=db.example.com;Database=orders;Username=app\".", nameof(connectionString));
        }

        Refuse(!settings.Pooling, "Pooling=false", "connections are kept in Npgsql's pool. Leave Pooling out");
        Refuse(settings.Multiplexing, "Multiplexing=true", "a lease needs a connection of its own. Leave Multiplexing out");
        Refuse(settings.KeepAlive != 0, $"Keepalive={settings.KeepAlive}", "its timer fires on thaw and races with the first command. Leave Keepalive out; idle connections are probed when leased");
        bound = Bound(settings, options);
        if (settings.MinPoolSize > bound)
        {
            throw new ArgumentException($"The connection string has Minimum Pool Size={settings.MinPoolSize} and the pool's bound is {bound}; leave Minimum Pool Size out, or raise {nameof(WarmNpgsqlOptions)}.{nameof(options.MaxConnections)}.");
        }

        var given = IsGiven(settings, "No Reset On Close");
        if (given && settings.NoResetOnClose == options.ResetsSession)
        {
            throw new ArgumentException(
                $"The connection string has No Reset On Close={settings.NoResetOnClose} but {nameof(WarmNpgsqlOptions)}.{nameof(options.SessionState)} (Preset {options.Preset}) means the opposite; leave No Reset On Close out and set {nameof(options.SessionState)}.");
        }

        // An attempt that was given up on must not outlive the next ones by long.
        var attempt = (int)Math.Ceiling(options.OpenAttemptTimeout.TotalSeconds) + 1;
        settings.Timeout = settings.Timeout == 0 ? attempt : Math.Min(settings.Timeout, attempt);
        settings.NoResetOnClose = !options.ResetsSession;

        // Connections given up as half-open keep their place in Npgsql's pool until their sockets fail; WarmContext itself holds to the bound.
        settings.MaxPoolSize = bound + Math.Max(32, 4 * bound);
        settings.ApplicationName = ApplicationName(settings.ApplicationName, options);
        if (options.Preset == WarmNpgsqlPreset.Proxy)
        {
            Refuse(settings.MaxAutoPrepare > 0, $"Max Auto Prepare={settings.MaxAutoPrepare}", "Preset Proxy is for poolers that can't keep prepared statements. Leave it out");
            Refuse(!string.IsNullOrEmpty(settings.Options), $"Options={settings.Options}", "Preset Proxy is for poolers that refuse start-up options. Leave it out");
        }

        if (options.IdleSessionTimeout is { } idle)
        {
            // A start-up option becomes the session's default, which resetting the session goes back to.
            var option = string.Create(CultureInfo.InvariantCulture, $"-c idle_session_timeout={(long)idle.TotalMilliseconds}");
            settings.Options = string.IsNullOrEmpty(settings.Options) ? option : $"{settings.Options} {option}";
        }

        if (options.PasswordProvider is not null)
        {
            Refuse(!string.IsNullOrEmpty(settings.Password), "a Password", $"{nameof(WarmNpgsqlOptions)}.{nameof(options.PasswordProvider)} is set too. Leave one of them out");
        }

        return settings;
    }

    /// <summary>Refuses what the user's own configuration of Npgsql's builder must not touch.</summary>
    public static void RequireUnchanged(NpgsqlConnectionStringBuilder settings, NpgsqlConnectionStringBuilder configured)
    {
        Require("Keepalive", configured.KeepAlive, settings.KeepAlive);
        Require("Multiplexing", configured.Multiplexing, settings.Multiplexing);
        Require("Pooling", configured.Pooling, settings.Pooling);
        Require("Maximum Pool Size", configured.MaxPoolSize, settings.MaxPoolSize);
        Require("No Reset On Close", configured.NoResetOnClose, settings.NoResetOnClose);

        static void Require<T>(string setting, T value, T ours)
        {
            if (!EqualityComparer<T>.Default.Equals(value, ours))
            {
                throw new ArgumentException(
                    $"{nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.Configure)} has set {setting}={value}, and it must stay {ours}: pool and session are WarmContext's. Leave it alone, and use {nameof(WarmNpgsqlOptions)} where there is an option.");
            }
        }
    }

    private static int Bound(NpgsqlConnectionStringBuilder settings, WarmNpgsqlOptions options)
    {
        if (!IsGiven(settings, "Maximum Pool Size"))
        {
            return options.PoolBound;
        }

        if (options.MaxConnections is { } most && most != settings.MaxPoolSize)
        {
            throw new ArgumentException(
                $"The connection string has Maximum Pool Size={settings.MaxPoolSize} and {nameof(WarmNpgsqlOptions)}.{nameof(options.MaxConnections)} is {most}; leave one of them out.");
        }

        Refuse(settings.MaxPoolSize is < 2 or > 10_000, $"Maximum Pool Size={settings.MaxPoolSize}", "it must be between 2 (a connection that answers no more is replaced while it is being given up) and 10000");
        return settings.MaxPoolSize;
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // Npgsql's messages name the keyword; the string itself may hold a password and is not repeated.
            throw new ArgumentException($"The connection string can't be read: {exception.Message} It must be a list such as \"Host=db.example.com;Database=orders;Username=app\".", nameof(connectionString), exception);
        }
    }

    private static string ApplicationName(string? fromString, WarmNpgsqlOptions options)
    {
        var name = options.ApplicationName ?? (string.IsNullOrEmpty(fromString) ? $"WarmContext/{options.Environment.FunctionName ?? Environment.ProcessPath?.Split('/', '\\')[^1] ?? "local"}" : fromString);
        return name.Length <= LongestApplicationName ? name : name[..LongestApplicationName];
    }

    // Its ContainsKey says yes to every keyword there is.
    private static bool IsGiven(NpgsqlConnectionStringBuilder settings, string keyword) => settings.Keys.Contains(keyword, StringComparer.OrdinalIgnoreCase);

    private static void Refuse(bool refuse, string setting, string reason)
    {
        if (refuse)
        {
            throw new ArgumentException($"The connection string has {setting}, which WarmNpgsqlDataSource refuses: {reason}.");
        }
    }
}
