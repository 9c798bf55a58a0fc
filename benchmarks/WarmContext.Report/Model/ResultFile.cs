using System.Text.Json;

namespace WarmContext.Report.Model;

/// <summary>Reads and writes results.json.</summary>
public static class ResultFile
{
    public const string Name = "results.json";

    public static string Write(ResultSet results) =>
        JsonSerializer.Serialize(results, ResultJson.Default.ResultSet).ReplaceLineEndings("\n") + "\n";

    /// <param name="path">The file, or the directory that it lies in.</param>
    /// <exception cref="ReportException">There is none, or it is not such a file; the message says which.</exception>
    public static ResultSet Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, Name) : path;
        if (!File.Exists(file))
        {
            throw new ReportException(
                $"There is no {file}. Make one with: "
                    + $"dotnet run -c Release --project benchmarks/WarmContext.Report -- --output {Path.GetDirectoryName(file)}");
        }

        try
        {
            return Parse(File.ReadAllText(file));
        }
        catch (JsonException e)
        {
            throw new ReportException($"{file} is not a file of results: {e.Message}", e);
        }
    }

    /// <exception cref="JsonException">It is none.</exception>
    public static ResultSet Parse(string json)
    {
        var results = JsonSerializer.Deserialize(json, ResultJson.Default.ResultSet) ?? throw new JsonException("It is null.");
        return results.Schema == ResultSet.CurrentSchema
            ? results
            : throw new JsonException($"Its schema is {results.Schema}, this program knows {ResultSet.CurrentSchema}.");
    }
}
