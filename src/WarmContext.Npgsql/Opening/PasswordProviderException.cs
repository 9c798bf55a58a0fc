namespace WarmContext.Npgsql.Opening;

/// <summary>The user's password provider failed; carries a message that says so through Npgsql's own wrapping.</summary>
internal sealed class PasswordProviderException(string message, Exception? innerException) : Exception(message, innerException);
