using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace WarmContext.Npgsql.Opening;

/// <summary>
/// Reads a connection string, and says of one that can't be read which keyword is wrong and what is allowed. No message repeats a value: it
/// may be the password, or the rest of one that has a semicolon in it.
/// </summary>
internal static class ConnectionStringReader
{
    public const string Example = "\"Host=db.example.com;Database=orders;Username=app\"";

    private const string Quote = "A value with a semicolon, an equals sign or a quote in it, as a password may have, must be in quotes.";
    private const int MaxPort = 65535;

    /// <exception cref="ArgumentException">It can't be read.</exception>
    public static NpgsqlConnectionStringBuilder Read(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            // Npgsql's own exception isn't passed on: it may repeat what it couldn't read.
            throw new ArgumentException($"The connection string can't be read: {Reason(connectionString)}", nameof(connectionString));
        }
    }

    /// <summary>Refuses ports that there aren't, which Npgsql finds out when it connects.</summary>
    /// <exception cref="ArgumentException">A port isn't allowed.</exception>
    public static void RequirePorts(NpgsqlConnectionStringBuilder settings)
    {
        if (settings.Port is < 1 or > MaxPort)
        {
            throw new ArgumentException(
                $"The connection string has Port={settings.Port}; it must be between 1 and {MaxPort} (PostgreSQL's own is 5432).");
        }

        // Each host may have its own; a path is a socket's, and what has more than one colon an IPv6 address.
        foreach (var host in settings.Host!.Split(',', StringSplitOptions.TrimEntries))
        {
            var port = host.StartsWith('/') ? null
                : host.LastIndexOf("]:", StringComparison.Ordinal) is var end and > 0 ? host[(end + 2)..]
                : host.Count(static character => character == ':') == 1 ? host[(host.IndexOf(':', StringComparison.Ordinal) + 1)..]
                : null;
            if (port is not null
                && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxPort))
            {
                throw new ArgumentException(
                    $"The connection string has a port in Host that isn't one; it must be a whole number between 1 and {MaxPort}.");
            }
        }
    }

    private static string Reason(string connectionString)
    {
        DbConnectionStringBuilder parts;
        try
        {
            parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (ArgumentException)
        {
            return $"it must be a list of keywords and values such as {Example}, and not a URL. {Quote}";
        }

        foreach (string keyword in parts.Keys)
        {
            try
            {
                _ = new NpgsqlConnectionStringBuilder { [keyword] = parts[keyword] };
            }
            catch (Exception exception) when (IsUnreadable(exception))
            {
                return Describe(keyword, Previous(parts, keyword));
            }
        }

        return $"it must be a list of keywords and values such as {Example}. {Quote}";
    }

    private static string Describe(string keyword, string? previous)
    {
        object? known;
        try
        {
            known = new NpgsqlConnectionStringBuilder()[keyword];
        }
        catch (Exception exception) when (IsUnreadable(exception) || exception is KeyNotFoundException)
        {
            return previous is not null && IsSecret(previous)
                ? $"what follows {previous} is no keyword of Npgsql. {Quote}"
                : $"'{keyword}' is no keyword of Npgsql. Correct it, or leave it out.";
        }

        var allowed = known switch
        {
            bool => "true or false",
            Enum => "one of " + string.Join(", ", Enum.GetNames(known.GetType())),
            int or long or uint or ulong when IsPort(keyword) => $"a whole number between 1 and {MaxPort}",
            int or long or uint or ulong => "a whole number that Npgsql allows",
            _ => "a value that Npgsql allows",
        };
        return $"{keyword} has a value that isn't allowed; it must be {allowed}.";
    }

    private static string? Previous(DbConnectionStringBuilder parts, string keyword)
    {
        string? previous = null;
        foreach (string key in parts.Keys)
        {
            if (key == keyword)
            {
                return previous;
            }

            previous = key;
        }

        return null;
    }

    private static bool IsPort(string keyword) => keyword.Equals("Port", StringComparison.OrdinalIgnoreCase);

    private static bool IsSecret(string keyword) =>
        keyword.Contains("pass", StringComparison.OrdinalIgnoreCase) || keyword.Equals("psw", StringComparison.OrdinalIgnoreCase)
        || keyword.Equals("pwd", StringComparison.OrdinalIgnoreCase);

    private static bool IsUnreadable(Exception exception) =>
        exception is ArgumentException or FormatException or OverflowException or InvalidCastException;
}
