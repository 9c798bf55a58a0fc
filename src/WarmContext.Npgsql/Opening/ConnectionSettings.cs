using System.Globalization;
using Npgsql;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Opening;

/// <summary>
/// Turns a connection string and the options into the settings of Npgsql's pool, and refuses what can't work across a freeze.
/// </summary>
internal static class ConnectionSettings
{
    // The server cuts longer names (NAMEDATALEN - 1).
    private const int MaxApplicationNameLength = 63;

    private const string Options = nameof(WarmNpgsqlOptions);

    public static NpgsqlConnectionStringBuilder Build(string connectionString, WarmNpgsqlOptions options, out int poolSize)
    {
        var settings = ConnectionStringReader.Read(connectionString);
        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            throw new ArgumentException(
                $"The connection string has no Host; it must name the server, as in {ConnectionStringReader.Example}.",
                nameof(connectionString));
        }

        ConnectionStringReader.RequirePorts(settings);
        Refuse(!settings.Pooling, "Pooling=false", "connections are kept in Npgsql's pool. Leave Pooling out");
        Refuse(settings.Multiplexing, "Multiplexing=true", "a lease needs a connection of its own. Leave Multiplexing out");
        Refuse(
            settings.KeepAlive != 0, $"Keepalive={settings.KeepAlive}",
            "its timer fires on thaw and races with the first command. Leave Keepalive out; idle connections are probed when leased");
        poolSize = PoolSize(settings, options);
        if (settings.MinPoolSize > poolSize)
        {
            throw new ArgumentException(
                $"The connection string has Minimum Pool Size={settings.MinPoolSize} and the maximum is {poolSize}; leave Minimum Pool "
                    + $"Size out, or raise {Options}.{nameof(options.MaxConnections)}.");
        }

        var given = IsGiven(settings, "No Reset On Close");
        if (given && settings.NoResetOnClose == options.ResetsSession)
        {
            throw new ArgumentException(
                $"The connection string has No Reset On Close={settings.NoResetOnClose} but {Options}.{nameof(options.SessionState)} "
                    + $"(Preset {options.Preset}) means the opposite; leave No Reset On Close out and set {nameof(options.SessionState)}.");
        }

        // An attempt that timed out must not last much longer than the next ones.
        var attempt = (int)Math.Ceiling(options.OpenAttemptTimeout.TotalSeconds) + 1;
        settings.Timeout = settings.Timeout == 0 ? attempt : Math.Min(settings.Timeout, attempt);
        settings.NoResetOnClose = !options.ResetsSession;

        // Half-open connections count in Npgsql's pool until their sockets fail; WarmContext itself keeps to the maximum.
        settings.MaxPoolSize = poolSize + Math.Max(32, 4 * poolSize);
        settings.ApplicationName = ApplicationName(settings.ApplicationName, options);
        if (options.Preset == WarmNpgsqlPreset.Proxy)
        {
            Refuse(
                settings.MaxAutoPrepare > 0, $"Max Auto Prepare={settings.MaxAutoPrepare}",
                "Preset Proxy is for poolers that can't keep prepared statements. Leave it out");
            Refuse(
                !string.IsNullOrEmpty(settings.Options), $"Options={settings.Options}",
                "Preset Proxy is for poolers that refuse start-up options. Leave it out");
        }

        if (options.IdleSessionTimeout is { } idle)
        {
            // A start-up option becomes the session's default, to which a reset of the session returns.
            var option = string.Create(CultureInfo.InvariantCulture, $"-c idle_session_timeout={(long)idle.TotalMilliseconds}");
            settings.Options = string.IsNullOrEmpty(settings.Options) ? option : $"{settings.Options} {option}";
        }

        if (options.PasswordProvider is not null)
        {
            Refuse(
                !string.IsNullOrEmpty(settings.Password), "a Password",
                $"{Options}.{nameof(options.PasswordProvider)} is set too. Leave one of them out");
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
                    $"{Options}.{nameof(WarmNpgsqlOptions.Configure)} has set {setting}={value}, and it must stay {ours}: pool and session "
                        + $"are WarmContext's. Leave it alone, and use {Options} where there is an option.");
            }
        }
    }

    private static int PoolSize(NpgsqlConnectionStringBuilder settings, WarmNpgsqlOptions options)
    {
        if (!IsGiven(settings, "Maximum Pool Size"))
        {
            return options.PoolSize();
        }

        if (options.MaxConnections is { } max && max != settings.MaxPoolSize)
        {
            throw new ArgumentException(
                $"The connection string has Maximum Pool Size={settings.MaxPoolSize} and {Options}.{nameof(options.MaxConnections)} is "
                    + $"{max}; leave one of them out.");
        }

        Refuse(
            settings.MaxPoolSize is < 2 or > 10_000, $"Maximum Pool Size={settings.MaxPoolSize}",
            "it must be between 2 (a half-open connection is replaced before it can be closed) and 10000");
        return settings.MaxPoolSize;
    }

    private static string ApplicationName(string? fromString, WarmNpgsqlOptions options)
    {
        var function = options.Environment.FunctionName ?? Environment.ProcessPath?.Split('/', '\\')[^1] ?? "local";
        var name = options.ApplicationName ?? (string.IsNullOrEmpty(fromString) ? $"WarmContext/{function}" : fromString);
        return name.Length <= MaxApplicationNameLength ? name : name[..MaxApplicationNameLength];
    }

    // Its ContainsKey says yes to every keyword there is.
    private static bool IsGiven(NpgsqlConnectionStringBuilder settings, string keyword) =>
        settings.Keys.Contains(keyword, StringComparer.OrdinalIgnoreCase);

    private static void Refuse(bool refuse, string setting, string reason)
    {
        if (refuse)
        {
            throw new ArgumentException($"The connection string has {setting}, which WarmNpgsqlDataSource refuses: {reason}.");
        }
    }
}
