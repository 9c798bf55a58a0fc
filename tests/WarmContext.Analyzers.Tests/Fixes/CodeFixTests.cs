using System.Text;
using System.Text.RegularExpressions;

namespace WarmContext.Analyzers.Tests;

/// <summary>
/// Every fix, with WarmContext and on plain .NET: what it makes of the cases in Fixes/Cases is approved text, compiles, and silences its
/// rule. The last case of each file has several findings and comments; fix-all mends it whole.
/// </summary>
public class CodeFixTests
{
    private static readonly string s_cases = Path.Combine(RepositoryPaths.Tests, "Fixes", "Cases");

    public static TheoryData<string> Rules =>
        new(FixRun.All.SelectMany(static fix => fix.FixableDiagnosticIds).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Every_edit_is_as_approved_compiles_and_silences_its_rule(string id)
    {
        var report = new StringBuilder();
        foreach (var source in Cases(id))
        {
            report.Append("======== case\n").Append(source).Append('\n');
            foreach (var (name, references) in new[] { ("WarmContext", References.WithWarmContext), ("plain .NET", References.Plain) })
            {
                if (source.Contains("WarmContext", StringComparison.Ordinal) && name == "plain .NET")
                {
                    continue;
                }

                await FixAsync(id, source, name, references, report);
            }
        }

        Approval.Verify(Path.Combine(s_cases, id + ".approved.txt"), report.ToString());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Fix_all_mends_every_finding_of_a_document(string id)
    {
        var document = FixRun.Open(Whole(Cases(id)[^1]), References.WithWarmContext);
        var found = await FixRun.FindAsync(document, id);
        Assert.True(found.Length >= 2, $"The last case of {id} needs two findings.");
        var keys = (await FixRun.ActionsAsync(document, found[0], FixRun.For(id))).Select(static action => action.EquivalenceKey!).ToList();
        Assert.NotEmpty(keys);
        foreach (var key in keys)
        {
            var mended = await FixRun.FixAllAsync(document, id, key);
            Assert.Empty(await FixRun.FindAsync(mended, id));
            AssertCommentsKept(Whole(Cases(id)[^1]), (await mended.GetTextAsync()).ToString());
        }
    }

    [Theory]
    [InlineData("WarmContext")]
    [InlineData("Plain")]
    public async Task Fix_all_mends_a_type_in_two_documents(string choice)
    {
        const string Part = "public partial class Function\n{\n    public Task First(string url, ILambdaContext context)\n    {\n"
            + "        var http = new HttpClient();\n        return http.GetAsync(url);\n    }\n}\n";
        var document = FixRun.Open(Part, References.WithWarmContext);
        var mended = await FixRun.FixAllAsync(
            document,
            Part.Replace("First", "Second", StringComparison.Ordinal),
            RuleIds.CostlyClientPerInvocation,
            nameof(CodeFixes.HoistClientFix) + "." + choice);
        foreach (var part in mended)
        {
            // Compiles, and finds nothing in either.
            Assert.Empty(await FixRun.FindAsync(part, RuleIds.CostlyClientPerInvocation));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task There_is_a_fix_on_plain_net(string id)
    {
        var offered = 0;
        foreach (var source in Cases(id).Where(static source => !source.Contains("WarmContext", StringComparison.Ordinal)))
        {
            var document = FixRun.Open(Whole(source), References.Plain);
            foreach (var diagnostic in await FixRun.FindAsync(document, id))
            {
                var actions = await FixRun.ActionsAsync(document, diagnostic, FixRun.For(id));
                Assert.DoesNotContain(actions, static action => action.EquivalenceKey!.EndsWith(".WarmContext", StringComparison.Ordinal));
                offered += actions.Count;
            }
        }

        Assert.True(offered > 0);
    }

    internal static string[] Cases(string id)
        => File.ReadAllText(Path.Combine(s_cases, id + ".cases.txt"))
            .ReplaceLineEndings("\n")
            .Split("\n~~~\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(static text => text.Trim('\n'))
            .ToArray();

    private static string Whole(string source) => Sources.Wrap(source);

    private static async Task FixAsync(
        string id, string source, string name, IReadOnlyList<Microsoft.CodeAnalysis.MetadataReference> references, StringBuilder report)
    {
        var document = FixRun.Open(Whole(source), references);
        var found = await FixRun.FindAsync(document, id);
        Assert.True(found.Length > 0, $"{id} finds nothing in\n{source}");
        foreach (var action in await FixRun.ActionsAsync(document, found[0], FixRun.For(id)))
        {
            var mended = await FixRun.ApplyAsync(document, action);
            var text = (await mended.GetTextAsync()).ToString().ReplaceLineEndings("\n");
            var left = await FixRun.FindAsync(mended, id);
            Assert.True(left.Length < found.Length, $"{id}: '{action.Title}' silences nothing in\n{text}");
            AssertCommentsKept(Whole(source), text);
            report.Append("-------- ")
                .Append(name)
                .Append(": ")
                .Append(action.Title)
                .Append('\n')
                .Append(text.Replace(Sources.Order, string.Empty, StringComparison.Ordinal).TrimEnd())
                .Append('\n');
        }
    }

    private static void AssertCommentsKept(string before, string after)
    {
        // Not the // of an address.
        foreach (Match comment in Regex.Matches(before, @"(?<!:)//[^\n]*|/\*.*?\*/"))
        {
            Assert.Contains(comment.Value.Trim(), after, StringComparison.Ordinal);
        }
    }
}
