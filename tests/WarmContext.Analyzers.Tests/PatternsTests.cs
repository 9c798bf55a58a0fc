namespace WarmContext.Analyzers.Tests;

/// <summary>samples/Patterns: the wrong files raise exactly what they are annotated with, the right ones nothing.</summary>
public class PatternsTests
{
    private static readonly List<string> s_folders = Directory.GetDirectories(RepositoryPaths.Patterns)
        .Select(static folder => Path.GetFileName(folder))
        .Where(static folder => folder is not ("bin" or "obj"))
        .Order(StringComparer.Ordinal)
        .ToList();

    public static TheoryData<string> Practices => new(s_folders);

    [Theory]
    [MemberData(nameof(Practices))]
    public async Task The_wrong_way_raises_what_it_says_and_the_right_way_nothing(string practice)
    {
        var wrong = new AnnotatedFile(Path.Combine(RepositoryPaths.Patterns, practice, "Wrong.cs"));
        var right = new AnnotatedFile(Path.Combine(RepositoryPaths.Patterns, practice, "Right.cs"));
        Assert.NotEmpty(wrong.Expected);
        Assert.Empty(right.Expected);
        await wrong.VerifyAsync();
        await right.VerifyAsync();
    }

    [Fact]
    public void Every_rule_has_a_practice()
    {
        var shown = s_folders
            .SelectMany(static folder => new AnnotatedFile(Path.Combine(RepositoryPaths.Patterns, folder, "Wrong.cs")).Expected)
            .Select(static expected => expected[^8..]);
        Assert.Equal(RuleTable.Rules.Select(static rule => rule.Id), shown.Distinct().Order(StringComparer.Ordinal));
    }
}
