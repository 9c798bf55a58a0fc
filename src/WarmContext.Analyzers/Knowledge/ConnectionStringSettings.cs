using Microsoft.CodeAnalysis.Text;

namespace WarmContext.Analyzers.Knowledge;

/// <summary>The connection string keywords that a freeze makes unsafe, in the spellings the providers accept.</summary>
internal static class ConnectionStringSettings
{
    private static readonly string[] s_words = { "keepalive", "lifetime", "poolsize", "pool size", "timeout" };

    /// <summary>True when a file has a word that one of the keywords has.</summary>
    public static bool MayBeIn(SourceText text)
    {
        var content = text.ToString();
        return s_words.Any(word => Contains(content, word));
    }

    public static bool LooksLikeConnectionString(string text)
        => Contains(text, "host=")
            || Contains(text, "server=")
            || Contains(text, "data source=")
            || Contains(text, "datasource=")
            || Contains(text, "addr=");

    public static bool IsWatchedProperty(string name) =>
        Normalize(name) is "keepalive" or "tcpkeepalive" or "connectionlifetime" or "minpoolsize" or "minimumpoolsize" or "timeout"
        or "connecttimeout" or "connectiontimeout" or "commandtimeout" or "defaultcommandtimeout";

    public static IEnumerable<(string Keyword, string Reason)> UnsafeIn(string text)
    {
        foreach (var pair in text.Split(';'))
        {
            var separator = pair.IndexOf('=');
            if (separator > 0 && WhyUnsafe(pair.Substring(0, separator), pair.Substring(separator + 1)) is { } reason)
            {
                yield return (pair.Substring(0, separator).Trim(), reason);
            }
        }
    }

    public static string? WhyUnsafe(string keyword, string value)
    {
        var isNumber = int.TryParse(value.Trim(), out var number);
        return Normalize(keyword) switch
        {
            "keepalive" when isNumber && number > 0 => "after a freeze the keepalive races with the first command",
            "connectionlifetime" when isNumber && number == 0 =>
                "without a lifetime connections that died during a freeze are handed out again",
            "minpoolsize" or "minimumpoolsize" when isNumber && number > 0 =>
                "a frozen environment keeps these connections open on the server and finds them dead",
            "timeout" or "connecttimeout" or "connectiontimeout" when isNumber && number == 0 =>
                "without a limit a vanished server holds the handler until the function times out",
            "commandtimeout" or "defaultcommandtimeout" when isNumber && number == 0 =>
                "without a limit a vanished server holds the handler until the function times out",
            _ => null,
        };
    }

    private static string Normalize(string keyword) => keyword.Replace(" ", string.Empty).Trim().ToLowerInvariant();

    private static bool Contains(string text, string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
}
