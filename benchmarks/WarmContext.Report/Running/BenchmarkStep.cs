using System.Globalization;
using System.Text.RegularExpressions;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;

namespace WarmContext.Report.Running;

/// <summary>BenchmarkDotNet classes, run in a process of their own.</summary>
public sealed partial class BenchmarkStep(string group, bool ownJob, IReadOnlyList<BenchmarkQuestion> questions) : RunStep
{
    private int Methods => questions.Sum(static question => question.Rows.Count);

    public override string Id => "bdn-" + group + (ownJob ? "-own-job" : string.Empty);

    public override string Title => $"BenchmarkDotNet, {group}: {Methods} benchmarks";

    public override IReadOnlyList<string> Questions => [.. questions.Select(static question => question.Id)];

    public override TimeSpan Estimate(bool quick) =>
        TimeSpan.FromSeconds(quick ? 3 + (0.8 * Methods) : ownJob ? 30 + (8 * Methods) : 25 + (8 * Methods));

    /// <summary>The same with some of its questions only.</summary>
    public BenchmarkStep Only(Func<BenchmarkQuestion, bool> chosen) => new(group, ownJob, [.. questions.Where(chosen)]);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var project = Path.Combine(context.Repository, "benchmarks", BenchmarkCatalog.Project);
        var assembly = Path.Combine(project, "bin", "Release", "net10.0", BenchmarkCatalog.Project + ".dll");
        var artifacts = Path.Combine(context.WorkDirectory, Id);
        var done = 0;
        await ChildProcess.RunAsync(
            "dotnet",
            [
                assembly, "--filter", .. questions.Select(static question => $"*.{question.Type}.*").Distinct(),
                "--exporters", "fulljson", "--artifacts", artifacts, .. Job(context.Quick),
            ],
            project, OnLine, context.CancellationToken);
        return BenchmarkExport.Read(Path.Combine(artifacts, "results"), questions);

        void OnLine(string line)
        {
            if (line.StartsWith("// Benchmark: ", StringComparison.Ordinal))
            {
                context.Report((double)done / Methods, line["// Benchmark: ".Length..].Split(':')[0]);
            }
            else if (Remaining().Match(line) is { Success: true } match)
            {
                done = Methods - int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            }
        }
    }

    // Two launches, because what differs from process to process (addresses, what the compiler decides) is part of the spread.
    private IEnumerable<string> Job(bool quick) => (quick, ownJob) switch
    {
        (true, true) => ["--inProcess"],
        (true, false) => ["--inProcess", "--warmupCount", "1", "--iterationCount", "5", "--iterationTime", "30"],
        (false, true) => [],
        _ => ["--launchCount", "2", "--warmupCount", "4", "--iterationCount", "12", "--iterationTime", "100"],
    };

    [GeneratedRegex(@"^// \*\* Remained (\d+) ")]
    private static partial Regex Remaining();
}
