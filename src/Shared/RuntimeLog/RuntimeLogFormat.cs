using System.Globalization;
using System.Text;

namespace WarmContext.Shared.RuntimeLog;

/// <summary>
/// Lambda's log format, as its .NET runtime writes it: text with tabs, the bare message, or JSON (AWS_LAMBDA_LOG_FORMAT), from a level on
/// (AWS_LAMBDA_LOG_LEVEL). Safe to use from several threads at once.
/// </summary>
internal sealed class RuntimeLogFormat
{
    private const int Information = 2;

    private static readonly string[] s_levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical"];
    private static readonly string[] s_labels = ["trce", "dbug", "info", "warn", "fail", "crit"];

    private readonly bool _isBare;
    private readonly int _minLevel;

    /// <param name="variable">Reads an environment variable. The handler's own ones, of the .NET runtime, come first.</param>
    public RuntimeLogFormat(Func<string, string?> variable)
    {
        var format = First(variable, "AWS_LAMBDA_HANDLER_LOG_FORMAT", "AWS_LAMBDA_LOG_FORMAT");
        IsJson = "Json".Equals(format, StringComparison.OrdinalIgnoreCase);
        _isBare = "Unformatted".Equals(format, StringComparison.OrdinalIgnoreCase);
        var level = First(variable, "AWS_LAMBDA_HANDLER_LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL");
        HasLevel = !string.IsNullOrEmpty(level);
        var number = level?.ToUpperInvariant() switch
        {
            "FATAL" => s_levels.Length - 1,
            "WARN" => s_levels.Length - 3,
            "INFO" => Information,
            _ => NumberOf(level),
        };
        _minLevel = number < 0 ? Information : number;
    }

    /// <summary>True where entries are JSON objects.</summary>
    public bool IsJson { get; }

    /// <summary>True where somebody has chosen the lowest level that is written. Default: Information.</summary>
    public bool HasLevel { get; }

    /// <summary>The entry as a line, or more with an exception; null when its level is too low.</summary>
    public string? Write(RuntimeLogEntry entry)
    {
        var level = NumberOf(entry.Level);
        if (level >= 0 && level < _minLevel)
        {
            return null;
        }

        // What the runtime doesn't know as a level has the lowest one's label.
        level = Math.Max(level, 0);
        var text = entry.Message ?? string.Empty;
        var template = entry.Arguments is { Length: > 0 } ? new MessageTemplate(text) : null;
        var message = template?.Fill(entry.Arguments!) ?? text;
        return IsJson ? RuntimeLogJson.Write(entry, s_levels[level], message, template) : Text(entry, s_labels[level], message);
    }

    private static string? First(Func<string, string?> variable, string name, string otherwise) =>
        variable(name) is { Length: > 0 } value ? value : variable(otherwise);

    private static int NumberOf(string? level) =>
        Array.FindIndex(s_levels, candidate => candidate.Equals(level, StringComparison.OrdinalIgnoreCase));

    private string Text(RuntimeLogEntry entry, string label, string message)
    {
        var line = new StringBuilder();
        if (!_isBare)
        {
            line.Append(CultureInfo.InvariantCulture, $"{entry.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\t{entry.RequestId}\t{label}\t");
        }

        line.Append(message);
        if (entry.Exception is not null)
        {
            line.Append(message.Length > 0 ? "\n" : string.Empty).Append(entry.Exception);
        }

        return line.ToString();
    }
}
