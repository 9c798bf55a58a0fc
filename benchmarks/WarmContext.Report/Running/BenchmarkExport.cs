using System.Text.Json;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Running;

/// <summary>Reads BenchmarkDotNet's full JSON exports: the raw measurements, not its own summary.</summary>
public static class BenchmarkExport
{
    /// <exception cref="ReportException">A benchmark that was asked for has no result.</exception>
    public static IReadOnlyList<Question> Read(string directory, IReadOnlyList<BenchmarkQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var methods = new Dictionary<(string Type, string Method), Measured>();
        foreach (var file in Directory.Exists(directory) ? Directory.GetFiles(directory, "*-report-full*.json") : [])
        {
            using var export = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var benchmark in export.RootElement.GetProperty("Benchmarks").EnumerateArray())
            {
                var measured = Of(benchmark);
                methods[(benchmark.GetProperty("Type").GetString()!, measured.Id)] = measured;
            }
        }

        return [.. questions.Select(question => Of(question, methods))];
    }

    private static Question Of(BenchmarkQuestion question, Dictionary<(string Type, string Method), Measured> methods)
    {
        var rows = question.Rows.Select(row =>
            methods.TryGetValue((question.Type, row.Method), out var measured) && measured.Samples.Count > 0
                ? measured with { Label = row.Label, Role = row.Role }
                : throw new ReportException(
                    $"{question.Type}.{row.Method} has no result. Run it alone to see why: dotnet run -c Release "
                        + $"--project benchmarks/{BenchmarkCatalog.Project} -- --filter '*.{question.Type}.{row.Method}'"));
        return new Question
        {
            Id = question.Id,
            Practice = question.Practice,
            Title = question.Title,
            Hides = question.Hides,
            Rows = Rows.Of([.. rows], paired: false),
        };
    }

    private static Measured Of(JsonElement benchmark)
    {
        var method = benchmark.GetProperty("Method").GetString()!;
        var samples = benchmark.TryGetProperty("Measurements", out var measurements) && measurements.ValueKind == JsonValueKind.Array
            ? measurements.EnumerateArray()
                .Where(static m => Is(m, "IterationMode", "Workload") && Is(m, "IterationStage", "Result"))
                .Select(static m => m.GetProperty("Nanoseconds").GetDouble() / m.GetProperty("Operations").GetInt64())
                .ToArray()
            : [];
        double? allocated = benchmark.TryGetProperty("Memory", out var memory)
            && memory.ValueKind == JsonValueKind.Object
            && memory.TryGetProperty("BytesAllocatedPerOperation", out var bytes)
            && bytes.ValueKind == JsonValueKind.Number
            ? bytes.GetDouble()
            : null;
        return new Measured(method, method, RowRole.Alternative) { Samples = samples, AllocatedBytes = allocated };
    }

    private static bool Is(JsonElement measurement, string property, string value) =>
        measurement.GetProperty(property).GetString() == value;
}
