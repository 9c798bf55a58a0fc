using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Charts;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>Writes every output into a directory.</summary>
public static class ReportFiles
{
    public static IReadOnlyDictionary<string, string> Render(ResultSet results, WorthInputs inputs)
    {
        var content = ReportContent.Of(results, inputs);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["report.md"] = MarkdownWriter.Write(content), ["report.html"] = HtmlWriter.Write(ReportContent.Title + " · WarmContext", content),
        };
        foreach (var chart in AllCharts.Draw(results))
        {
            files[chart.Id + ".svg"] = chart.ToSvg(ChartTheme.Light);
            files[chart.Id + "-dark.svg"] = chart.ToSvg(ChartTheme.Dark);
        }

        return files;
    }

    /// <summary>Writes results.json and what is rendered from it.</summary>
    public static void Write(string directory, ResultSet results, WorthInputs inputs)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, ResultFile.Name), ResultFile.Write(results));
        foreach (var (name, text) in Render(results, inputs))
        {
            File.WriteAllText(Path.Combine(directory, name), text);
        }
    }
}
