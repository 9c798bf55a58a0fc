namespace WarmContext.Npgsql;

/// <summary>Which server and user a password provider is asked for.</summary>
public sealed class WarmPasswordRequest
{
    /// <summary>The server's host name.</summary>
    public required string Host { get; init; }

    /// <summary>The server's port.</summary>
    public required int Port { get; init; }

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>The user.</summary>
    public required string Username { get; init; }
}
