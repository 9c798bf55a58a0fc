using System.Net.Sockets;
using Npgsql;
using WarmContext.Shared;

namespace WarmContext.Npgsql.Opening;

/// <summary>Tells transient failures to open from permanent ones, and puts them into words.</summary>
internal static class OpenFailure
{
    /// <summary>What to check where a server can't be reached. A server behind a closed security group doesn't answer at all.</summary>
    public const string CheckNetwork = "Check Host and Port, the security group and the function's VPC settings.";

    public static bool IsTransient(Exception exception) => exception switch
    {
        PostgresException postgres => IsTransient(postgres.SqlState) || IsTransientOfPooler(postgres),
        WarmNpgsqlException warm => warm.IsTransient,
        NpgsqlException { InnerException: { } inner } => IsTransient(inner),
        SocketException socket => socket.SocketErrorCode is not
            (SocketError.HostNotFound or SocketError.NoData or SocketError.AddressFamilyNotSupported),

        // A certificate or key that the connection string names: it won't appear by itself.
        FileNotFoundException or DirectoryNotFoundException => false,
        IOException or TimeoutException => true,
        _ => false,
    };

    public static bool IsRefusedPassword(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification,
    };

    public static WarmNpgsqlException Describe(Exception exception, string target)
    {
        var reason = exception switch
        {
            PostgresException postgres => Describe(postgres),
            WarmNpgsqlException warm => warm.Message,
            _ when ExceptionSearch.Find<PasswordProviderException>(exception) is { } provider => provider.Message,
            _ when FindMissingFile(exception) is { } missing =>
                $"a file that it needs isn't there ({missing.Message}). Check Root Certificate, SSL Certificate, SSL Key and Passfile in "
                    + "the connection string, and that the file is in the deployment package.",
            _ when ExceptionSearch.Find<SocketException>(exception) is { } socket =>
                $"the server can't be reached ({socket.SocketErrorCode}). {CheckNetwork}",
            _ => $"{exception.Message} {exception.InnerException?.Message}".TrimEnd(),
        };
        return new WarmNpgsqlException($"No connection to {target}: {reason}", exception, IsTransient(exception));
    }

    private static string Describe(PostgresException exception)
    {
        var said = $"({exception.SqlState}: {exception.MessageText}).";
        return exception.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"the server refused the login {said} Check Username and Password, or WarmNpgsqlOptions.PasswordProvider.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"the database does not exist {said} Create it, or correct Database in the connection string.",
            PostgresErrorCodes.TooManyConnections =>
                $"the server has no connection to spare {said} Lower WarmNpgsqlOptions.MaxConnections or the function's concurrency, set "
                    + "IdleSessionTimeout, or put a pooler in between.",
            _ => $"the server refused it {said}",
        };
    }

    private static bool IsTransient(string state) => state is
        PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown
        or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.InsufficientResources or PostgresErrorCodes.OutOfMemory
        or PostgresErrorCodes.ConfigurationLimitExceeded or PostgresErrorCodes.SystemError or PostgresErrorCodes.IoError
        or PostgresErrorCodes.ConnectionException or PostgresErrorCodes.ConnectionDoesNotExist or PostgresErrorCodes.ConnectionFailure
        or PostgresErrorCodes.SqlClientUnableToEstablishSqlConnection or PostgresErrorCodes.SqlServerRejectedEstablishmentOfSqlConnection;

    // PgBouncer answers with protocol_violation whatever is the matter, so there are only the words to go by.
    private static bool IsTransientOfPooler(PostgresException exception) => exception.SqlState == PostgresErrorCodes.ProtocolViolation
        && (exception.MessageText.Contains("no more connections allowed", StringComparison.Ordinal)
            || exception.MessageText.Contains("server_login_retry", StringComparison.Ordinal)
            || exception.MessageText.Contains("server conn crashed", StringComparison.Ordinal)
            || exception.MessageText.Contains("query_wait_timeout", StringComparison.Ordinal)
            || exception.MessageText.Contains("pgbouncer is shutting down", StringComparison.OrdinalIgnoreCase));

    private static IOException? FindMissingFile(Exception exception) =>
        (IOException?)ExceptionSearch.Find<FileNotFoundException>(exception) ?? ExceptionSearch.Find<DirectoryNotFoundException>(exception);
}
