namespace WarmContext.Npgsql;

/// <summary>What a password provider needs to know: which server and user the password is for.</summary>
/// <param name="Host">The server's host name.</param>
/// <param name="Port">The server's port.</param>
/// <param name="Database">The database.</param>
/// <param name="Username">The user.</param>
public sealed record WarmPasswordRequest(string Host, int Port, string Database, string Username);
