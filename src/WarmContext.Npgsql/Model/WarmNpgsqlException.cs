using Npgsql;

namespace WarmContext.Npgsql;

/// <summary>
/// No connection could be leased. The message names the server, the database, the user and what can be done; the cause is the inner
/// exception.
/// </summary>
public sealed class WarmNpgsqlException : NpgsqlException
{
    private readonly bool _isTransient;

    internal WarmNpgsqlException(string message, Exception? innerException, bool isTransient)
        : base(message, innerException)
    {
        _isTransient = isTransient;
        SqlState = (innerException as PostgresException)?.SqlState;
    }

    /// <summary>True if a later attempt may succeed.</summary>
    public override bool IsTransient => _isTransient;

    /// <summary>The server's error code; null if it was not the server that refused.</summary>
    public override string? SqlState { get; }
}
