using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers.Tests;

/// <summary>
/// Every rule has a page, a line in the generated table, a help link, an entry in the release notes and enough test cases.
/// </summary>
public class DocumentationTests
{
    public static TheoryData<string> Rules => new(RuleTable.Rules.Select(static rule => rule.Id));

    [Fact]
    public void The_rule_table_is_generated() => Approval.Verify(Path.Combine(RepositoryPaths.Rules, "README.md"), RuleTable.Generate());

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_has_a_page_with_bad_good_why_and_when_to_suppress(string id)
    {
        var rule = RuleTable.Rules.Single(candidate => candidate.Id == id);
        var page = File.ReadAllText(Path.Combine(RepositoryPaths.Rules, id + ".md"));
        Assert.StartsWith($"# {id}: {rule.Title}", page, StringComparison.Ordinal);
        Assert.All(
            new[] { "## Bad", "## Good", "## Why", "## Code fix", "## When to suppress" },
            heading => Assert.Contains("\n" + heading + "\n", page, StringComparison.Ordinal));
        Assert.Equal(RuleIds.HelpLinkBase + id + ".md", rule.HelpLinkUri);
        Assert.Contains(
            $"Severity: {(rule.DefaultSeverity == DiagnosticSeverity.Info ? "info" : "warning")}", page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_code_on_a_page_is_that_of_the_catalogue_which_compiles(string id)
    {
        var page = File.ReadAllText(Path.Combine(RepositoryPaths.Rules, id + ".md")).ReplaceLineEndings("\n");
        var folder = Regex.Match(page, @"samples/Patterns/(\w+)\]").Groups[1].Value;
        var blocks = Regex.Matches(page, "```csharp\n(.*?)\n```", RegexOptions.Singleline)
            .Select(static match => match.Groups[1].Value)
            .ToList();
        Assert.Equal(2, blocks.Count);
        Assert.Contains(blocks[0], Plain(Path.Combine(RepositoryPaths.Patterns, folder, "Wrong.cs")), StringComparison.Ordinal);
        Assert.Contains(blocks[1], Plain(Path.Combine(RepositoryPaths.Patterns, folder, "Right.cs")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_has_ten_wrong_and_ten_right_cases(string id)
    {
        var name = typeof(RuleIds).GetFields().Single(field => field.IsLiteral && (string?)field.GetRawConstantValue() == id).Name;
        var tests = Assembly.GetExecutingAssembly().GetType($"WarmContext.Analyzers.Tests.{name}Tests")!;
        Assert.True(((TheoryData<string>)tests.GetProperty("Wrong")!.GetValue(null)!).Count >= 10);
        Assert.True(((TheoryData<string>)tests.GetProperty("Right")!.GetValue(null)!).Count >= 10);
    }

    [Fact]
    public void One_analyzer_has_one_rule() => Assert.All(AnalyzerRun.All, static analyzer => Assert.Single(analyzer.SupportedDiagnostics));

    private static string Plain(string file)
        => Regex.Replace(
            Regex.Replace(File.ReadAllText(file).ReplaceLineEndings("\n"), @" // expect: .*", string.Empty), @"#pragma.*\n", string.Empty);
}
