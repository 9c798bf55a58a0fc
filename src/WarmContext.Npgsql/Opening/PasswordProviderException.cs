namespace WarmContext.Npgsql.Opening;

/// <summary>The user's password provider failed. The message says so, and Npgsql's own exceptions wrap it.</summary>
internal sealed class PasswordProviderException(string message, Exception? innerException) : Exception(message, innerException);
