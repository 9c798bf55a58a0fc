using System.Globalization;

namespace WarmContext.Npgsql.Diagnostics;

/// <summary>Every log event of the PostgreSQL connections, with its number (220 to 299). Numbers are never reused.</summary>
internal static class WarmNpgsqlLog
{
    public static void OpenRetried(string pool, int attempt, TimeSpan delay, Exception? exception) => Write(
        WarmContextLogLevel.Information, 220, nameof(OpenRetried),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{pool}: attempt {attempt} to open failed ({exception?.Message}); trying again in {delay.TotalMilliseconds:0} ms."),
        null);

    public static void ConnectionReplaced(string pool, string reason) => Write(
        WarmContextLogLevel.Information, 221, nameof(ConnectionReplaced), $"{pool}: a kept connection was replaced ({reason}).", null);

    public static void ReopenFailed(string pool, Exception exception) => Write(
        WarmContextLogLevel.Warning, 222, nameof(ReopenFailed),
        $"{pool}: a connection object was opened by its owner, and no live connection could be leased for it.", exception);

    private static void Write(WarmContextLogLevel level, int id, string name, string message, Exception? exception) =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(level, id, name, message, Invocation.CurrentOrDefault?.RequestId, exception));
}
