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
            ["report.md"] = MarkdownWriter.Write(content),
            ["report.html"] = HtmlWriter.Write(ReportContent.Title + " · WarmContext", content),
        };
        foreach (var chart in AllCharts.Draw(results))
        {
            files[chart.Id + ".svg"] = chart.ToSvg(ChartTheme.Light);
            files[chart.Id + "-dark.svg"] = chart.ToSvg(ChartTheme.Dark);
        }

        return files;
    }

    /// <summary>Finds out whether the directory can be written to, before half an hour is spent on what belongs there.</summary>
    /// <exception cref="ReportException">It can't.</exception>
    public static void Check(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            using var probe = new FileStream(
                Path.Combine(directory, Path.GetRandomFileName()),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportException($"--output is '{directory}', and nothing can be written there: {e.Message}");
        }
    }

    /// <summary>
    /// Writes results.json and what is rendered from it. The results first: they are what took long. Each file as a whole or not at all.
    /// </summary>
    /// <exception cref="ReportException">Nothing can be written there.</exception>
    public static void Write(string directory, ResultSet results, WorthInputs inputs)
    {
        Check(directory);
        WriteWhole(Path.Combine(directory, ResultFile.Name), ResultFile.Write(results));
        foreach (var (name, text) in Render(results, inputs))
        {
            WriteWhole(Path.Combine(directory, name), text);
        }
    }

    private static void WriteWhole(string file, string text)
    {
        var temporary = file + "." + Path.GetRandomFileName();
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
