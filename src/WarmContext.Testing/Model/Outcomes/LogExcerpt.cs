namespace WarmContext.Testing.Model.Outcomes;

/// <summary>The end of a log, for exception messages.</summary>
internal static class LogExcerpt
{
    private const int MaxLines = 40;

    public static string Of(IReadOnlyList<string> log) => log.Count == 0
        ? string.Empty
        : $"{System.Environment.NewLine}--- The function wrote" +
          $"{(log.Count > MaxLines ? $", {log.Count - MaxLines} lines earlier left out" : string.Empty)}:{System.Environment.NewLine}" +
          string.Join(System.Environment.NewLine, log.Skip(log.Count - MaxLines));

    /// <summary>What may explain a failure, a line each.</summary>
    public static string Hints(IReadOnlyList<string> hints) =>
        string.Concat(hints.Select(static hint => $"{System.Environment.NewLine}--- {hint}"));
}
