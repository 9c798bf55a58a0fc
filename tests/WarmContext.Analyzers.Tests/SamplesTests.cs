namespace WarmContext.Analyzers.Tests;

/// <summary>
/// The rules over our own samples. Their builds run the rules too, with warnings as errors (samples/Directory.Build.targets); here is what
/// the wrong twin must raise, whose build has it switched off.
/// </summary>
public class SamplesTests
{
    [Theory]
    [InlineData("OrderFunction")]
    [InlineData("OrderFunction.NativeAot")]
    [InlineData(
        "OrderFunction.Naive",
        RuleIds.CostlyClientPerInvocation,
        RuleIds.ConnectionInField,
        RuleIds.StateAsLivenessCheck,
        RuleIds.FireAndForget)]
    public async Task A_sample_raises_what_it_should(string sample, params string[] expected)
    {
        var files = new[] { sample, "OrderFunction.Contracts" }
            .SelectMany(static folder => Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "samples", folder), "*.cs"))
            .ToList();
        Assert.NotEmpty(files);

        // Source generators don't run here, so what they add is missing; the rules work with what binds.
        var compilation = AnalyzerRun.Compile(
            [.. files.Select(static file => Sources.Parse(File.ReadAllText(file), file)), Sources.GlobalUsings(lambda: false)],
            name: sample);
        var found = await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All);
        Assert.Equal(expected, found.Select(static diagnostic => diagnostic.Id).Distinct().Order(StringComparer.Ordinal));
    }
}
