using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.Tests;

/// <summary>All rules over handlers in the styles people write, with what each must raise; broken, cancelled, at once, and timed.</summary>
public class CorpusTests
{
    private static readonly TimeSpan s_perRule = TimeSpan.FromMilliseconds(50);

    private const int Variants = 2_000;

    // A fixed seed: a failure can be run again.
    private const int Seed = 20_261_120;

    public static TheoryData<string> Handlers => new(Files().Select(static file => Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Handlers))]
    public Task A_handler_raises_exactly_what_it_says(string file) => Load(file).VerifyAsync();

    [Fact]
    public void The_corpus_has_thirty_handlers_and_every_rule()
    {
        Assert.True(Files().Length >= 30);
        var seen = Files()
            .SelectMany(static file => new AnnotatedFile(file).Expected)
            .Select(static expected => expected[^8..])
            .Distinct()
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            AnalyzerRun.All.SelectMany(static analyzer => analyzer.SupportedDiagnostics)
                .Select(static rule => rule.Id)
                .Order(StringComparer.Ordinal),
            seen);
    }

    [Fact]
    public async Task Two_thousand_broken_variants_make_no_rule_throw()
    {
        var random = new Random(Seed);
        var files = Files().Select(static file => new AnnotatedFile(file)).ToList();
        var usings = Sources.GlobalUsings();
        var options = TestOptions.Create(
            new Dictionary<string, string> { ["warmcontext.snapstart"] = "true" },
            ("template.yaml", "Handler: TestFunction::Shop.Named::RunAsync"));
        var programs = files.Where(static file => file.Text.Contains("\nawait Lambda", StringComparison.Ordinal)).ToList();
        var classes = files.Except(programs)
            .Where(static file => !file.Path.EndsWith("LargestHandler.cs", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(programs);
        var done = 0;
        while (done < Variants)
        {
            // One broken variant of every file at once: they are one project, and break each other too.
            // A project has one top-level program; in turn.
            var trees = classes.Append(programs[random.Next(programs.Count)]).Append(files[random.Next(files.Count)])
                .Select((file, index) => Sources.Parse(WithoutRandomTokens(file.Text, random), $"{index}/{file.Path}")).ToList();
            var compilation = AnalyzerRun.Compile([.. trees, usings]);

            // Fails the test when an analyzer throws.
            await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All, options);
            done += trees.Count;
        }

        Assert.InRange(done, Variants, Variants + files.Count);
    }

    [Fact]
    public async Task A_cancelled_run_stops_and_leaves_nothing_broken()
    {
        var compilation = Whole();
        using (var cancelled = new CancellationTokenSource())
        {
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All, cancellationToken: cancelled.Token));
        }

        // Cut anywhere, the next run over the same compilation finds everything.
        var expected = (await AnalyzerRun.AnalyzeAsync(Whole(), AnalyzerRun.All))
            .Select(static diagnostic => diagnostic.ToString())
            .ToList();
        for (var delay = 1; delay <= 32; delay *= 2)
        {
            var fresh = Whole();
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(delay));
            try
            {
                await AnalyzerRun.AnalyzeAsync(fresh, AnalyzerRun.All, cancellationToken: source.Token);
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }

            Assert.Equal(
                expected, (await AnalyzerRun.AnalyzeAsync(fresh, AnalyzerRun.All)).Select(static diagnostic => diagnostic.ToString()));
        }
    }

    [Fact]
    public async Task The_call_graph_gives_up_when_cancelled_and_starts_anew()
    {
        var compilation = Whole();
        var facts = CompilationFacts.For(compilation, TestOptions.Create(), CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => CodeMapCache.Get(facts, cancelled.Token));
        Assert.NotEmpty(CodeMapCache.Get(facts, CancellationToken.None).AllBodies);
    }

    [Fact]
    public async Task Runs_at_the_same_time_find_the_same()
    {
        var compilation = Whole();
        var expected = (await AnalyzerRun.AnalyzeAsync(Whole(), AnalyzerRun.All))
            .Select(static diagnostic => diagnostic.ToString())
            .ToList();
        var runs = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All))));
        Assert.All(runs, run => Assert.Equal(expected, run.Select(static diagnostic => diagnostic.ToString())));
    }

    [Fact]
    public async Task No_rule_takes_more_than_fifty_milliseconds_on_the_largest_file()
    {
        var largest = Files().MaxBy(static file => new FileInfo(file).Length)!;
        var best = AnalyzerRun.All.ToDictionary(static analyzer => analyzer, static _ => TimeSpan.MaxValue);
        for (var round = 0; round < 5 || (round < 40 && best.Values.Max() > s_perRule); round++)
        {
            foreach (var analyzer in AnalyzerRun.All)
            {
                // Alone, so that each rule pays for the shared call graph itself.
                var run = new AnnotatedFile(largest)
                    .Compile()
                    .WithAnalyzers(
                        [analyzer], new CompilationWithAnalyzersOptions(TestOptions.Create(), null, false, logAnalyzerExecutionTime: true));
                await run.GetAnalyzerDiagnosticsAsync(CancellationToken.None);
                var spent = (await run.GetAnalyzerTelemetryInfoAsync(analyzer, CancellationToken.None)).ExecutionTime;
                best[analyzer] = spent < best[analyzer] ? spent : best[analyzer];
            }
        }

        // The benchmarks' report asks for the figures.
        if (Environment.GetEnvironmentVariable("WARMCONTEXT_RULE_TIMES") is { Length: > 0 } report)
        {
            await File.WriteAllLinesAsync(
                report,
                best.Select(static pair => FormattableString.Invariant($"{pair.Key.GetType().Name}={pair.Value.TotalMilliseconds:0.000}")));
        }

        Assert.All(
            best,
            static pair =>
                Assert.True(pair.Value <= s_perRule, $"{pair.Key.GetType().Name} took {pair.Value.TotalMilliseconds:0.0} ms at best."));
    }

    private static string[] Files() =>
        Directory.GetFiles(Path.Combine(RepositoryPaths.Tests, "Corpus"), "*.cs").Order(StringComparer.Ordinal).ToArray();

    private static AnnotatedFile Load(string file) => new(Path.Combine(RepositoryPaths.Tests, "Corpus", file));

    private static CSharpCompilation Whole()
        => AnalyzerRun.Compile(
        [
            .. Files()
                .Where(static file => !File.ReadAllText(file).Contains("\nawait Lambda", StringComparison.Ordinal))
                .Select(static file => Sources.Parse(File.ReadAllText(file), file)),
            Sources.GlobalUsings()
        ]);

    private static string WithoutRandomTokens(string text, Random random)
    {
        var root = CSharpSyntaxTree.ParseText(text).GetRoot();
        var tokens = root.DescendantTokens().Where(static token => token.Span.Length > 0).ToList();
        var removed = Enumerable.Range(0, random.Next(1, 6))
            .Select(_ => tokens[random.Next(tokens.Count)])
            .OrderByDescending(static token => token.SpanStart)
            .DistinctBy(static token => token.SpanStart);
        return removed.Aggregate(text, static (current, token) => current.Remove(token.SpanStart, token.Span.Length));
    }
}
