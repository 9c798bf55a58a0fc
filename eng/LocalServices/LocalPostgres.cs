using Npgsql;

namespace WarmContext.LocalServices;

/// <summary>Finds the PostgreSQL server for tests, samples and benchmarks.</summary>
public static class LocalPostgres
{
    /// <summary>The environment variable with the connection string of a server to use instead of ours.</summary>
    public const string Variable = "WARMCONTEXT_POSTGRES";

    private const string Example = "Host=127.0.0.1;Port=5432;Username=me;Password=secret;Database=postgres";

    /// <summary>Whether <see cref="Variable"/> is set, so that somebody else's server is to be used.</summary>
    public static bool IsConfigured => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Variable));

    /// <summary>
    /// Returns the server named by WARMCONTEXT_POSTGRES; without it ours, started first with <c>eng/services up postgres</c> when it
    /// doesn't answer. Takes a few milliseconds when ours is up. Safe to call from many threads and processes at once.
    /// </summary>
    /// <exception cref="LocalServiceException">There is no server to be had; the message says what to do.</exception>
    public static async Task<PostgresServer> GetAsync(CancellationToken cancellationToken = default)
    {
        string? configured = Environment.GetEnvironmentVariable(Variable);
        if (IsConfigured)
        {
            await VerifyAsync(configured!, cancellationToken).ConfigureAwait(false);
            return new PostgresServer(configured!, restart: null);
        }

        int port = ServiceDefaults.PostgresPort;
        if (!await PostgresGreeting.AnswersAsync(port, cancellationToken).ConfigureAwait(false))
        {
            await ServicesScript.UpAsync("postgres", cancellationToken).ConfigureAwait(false);
        }

        return new PostgresServer(
            ServiceDefaults.ConnectionString(port), static token => ServicesScript.RunAsync(["restart", "postgres"], token));
    }

    // The value may hold a password: messages name the host and the port only.
    private static async Task VerifyAsync(string connectionString, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 10 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            throw new LocalServiceException(
                $"{Variable} is not a connection string that Npgsql understands ({e.Message}). It looks like: {Example}", e);
        }

        if (string.IsNullOrEmpty(settings.Host))
        {
            throw new LocalServiceException($"{Variable} names no Host. It looks like: {Example}");
        }

        try
        {
            var connection = new NpgsqlConnection(settings.ConnectionString);
            await using (connection.ConfigureAwait(false))
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or ArgumentException or InvalidOperationException)
        {
            throw new LocalServiceException(
                $"The PostgreSQL server named by {Variable} (host {settings.Host}, port {settings.Port}, "
                    + $"database {settings.Database ?? settings.Username}, user {settings.Username}) "
                    + $"cannot be used: {e.Message}. Start it, correct the variable, or unset it to have eng/services start one.", e);
        }
    }
}
