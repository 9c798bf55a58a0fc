using System.Globalization;
using WarmContext.Testing;
using WarmContext.Tool.Reporting;

namespace WarmContext.Tool.Output;

/// <summary>The audit's findings for people.</summary>
internal static class FindingsText
{
    public static void Write(TextWriter output, Recording recording)
    {
        if (recording.Findings.Count == 0)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing found in {Words.Count(recording.Invocations.Count, "invocation", "invocations")}."));
            return;
        }

        foreach (var finding in recording.Findings)
        {
            output.WriteLine($"{Word(finding.Severity)} {finding.Kind}: {finding.Message}");
            output.WriteLine($"  practice: {finding.Practice}");
            output.WriteLine($"  remedy:   {finding.Remedy}");
            if (finding.Rules.Count > 0)
            {
                output.WriteLine($"  rules:    {string.Join(", ", finding.Rules)}");
            }

            if (finding.RequestIds.Count > 0)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  seen in:  {finding.RequestIds.Count} of {recording.Invocations.Count} invocations, first at "
                        + $"{finding.At.TotalMilliseconds:0} ms, environment {finding.Environment}"));
            }

            output.WriteLine();
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Words.Count(Count(FindingSeverity.Error), "error", "errors")}, "
                + $"{Words.Count(Count(FindingSeverity.Warning), "warning", "warnings")}, {Count(FindingSeverity.Information)} for "
                + $"information, in {Words.Count(recording.Invocations.Count, "invocation", "invocations")}."));

        int Count(FindingSeverity severity) => recording.Findings.Count(finding => finding.Severity == severity);
    }

    private static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "information",
    };
}
