using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers.Tests;

/// <summary>
/// False-alarm trial: all rules over every project of this repository, tests and SnapStart included. What is found is approved text, each
/// line judged in its last column; a new line is a finding to mend or a false alarm to look into.
/// </summary>
public class OwnCodeTests
{
    private static readonly Dictionary<string, string> s_everything = new()
    {
        ["warmcontext.analyze_tests"] = "true",
        ["warmcontext.snapstart"] = "true",
    };

    [Fact]
    public async Task Our_own_code_raises_what_was_judged_and_nothing_else()
    {
        var found = new List<string>();
        foreach (var project in Projects())
        {
            var trees = Directory.GetFiles(project, "*.cs", SearchOption.AllDirectories)
                .Where(static file => !IsLeftOut(file))
                .Select(static file =>
                    Sources.Parse(File.ReadAllText(file), Path.GetRelativePath(RepositoryPaths.Root, file).Replace('\\', '/')))
                .ToList();

            // Source generators don't run here and a few references are missing; the rules work with what binds.
            var compilation = AnalyzerRun.Compile(
                [.. trees, Sources.GlobalUsings(lambda: false)], References.TestProject, Path.GetFileName(project));
            var diagnostics = await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All, TestOptions.Create(s_everything));
            found.AddRange(diagnostics.Select(static diagnostic =>
                $"{diagnostic.Id} {diagnostic.Location.SourceTree!.FilePath}: {diagnostic.GetMessage().Split(';', ':')[0]}"));
        }

        var listed = File.ReadAllLines(Path.Combine(RepositoryPaths.Tests, "OwnCode.judged.txt"))
            .Where(static line => line.Length > 0 && line[0] != '#')
            .Select(static line => line.Split(" | ")[0].Trim())
            .ToList();
        var news = found.Except(listed, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var gone = listed.Except(found, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.True(
            news.Count + gone.Count == 0,
            $"Not judged yet: {string.Join("\n  ", news.Prepend(""))}\nNo longer found: {string.Join("\n  ", gone.Prepend(""))}");
    }

    private static IEnumerable<string> Projects()
        => new[] { "src", "samples", "tests", "benchmarks", "eng" }
            .SelectMany(
                static folder => Directory.GetFiles(Path.Combine(RepositoryPaths.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(static file => !IsLeftOut(file) && Path.GetFileName(file) != "Patterns.csproj")
            .Select(static file => Path.GetDirectoryName(file)!)
            .Order(StringComparer.Ordinal);

    // The corpus and the patterns are wrong on purpose, and tell so themselves.
    private static bool IsLeftOut(string file)
        => new[]
        {
            "/bin/", "/obj/", "/Corpus/", "/Contracts/", "/Patterns/", "/results/",
        }.Any(part => file.Replace('\\', '/').Contains(part, StringComparison.Ordinal));
}
