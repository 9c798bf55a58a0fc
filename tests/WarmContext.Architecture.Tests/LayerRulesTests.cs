using WarmContext.Architecture.Tests.Layers;
using WarmContext.Architecture.Tests.Sources;

namespace WarmContext.Architecture.Tests;

/// <summary>The rules find what they look for: each is broken here, in memory, in the tool's own sources.</summary>
public class LayerRulesTests
{
    private const string Fault = "src/WarmContext.Tool/Running/Fault.cs";

    private static readonly SourceProject s_tool = Repository.Project("WarmContext.Tool");
    private static readonly ProjectLayers s_layers = Repository.Layers["WarmContext.Tool"];

    [Fact]
    public void A_using_of_a_folder_above_is_found() => Assert.StartsWith(
        $"{Fault}(1): Running uses Output (using WarmContext.Tool.Output), which uses Running too; no two folders may depend on each "
            + "other.",
        Assert.Single(WrongUses(Changed(static text => "using WarmContext.Tool.Output;\n" + text))));

    [Theory]
    [InlineData("internal static class Added { public static void Write(RunResult result) => Output.Summary.Write(Console.Out, result); }")]
    [InlineData("internal sealed class Added : Output.RunObserver;")]
    [InlineData("internal static class Added { public static string Name => nameof(Output.Summary); }")]
    [InlineData(
        "internal static class Added { public static object Make(Type type) => type == typeof(Output.QuietProgress) ? type : null!; }")]
    public void A_use_of_a_type_in_a_folder_above_is_found(string added)
    {
        var found = WrongUses(Changed(text => text + "\n" + added));
        Assert.NotEmpty(found);
        Assert.All(found, static message => Assert.StartsWith(Fault, message));
        Assert.All(found, static message => Assert.Contains("Running uses Output", message));
    }

    [Fact]
    public void A_folder_without_a_layer_is_found() => Assert.StartsWith(
        "WarmContext.Tool: the folder Tuning has no layer. Add it to the row of WarmContext.Tool in docs/architecture.md",
        Assert.Single(WrongUses(
            Changed("src/WarmContext.Tool/Tuning/Tuner.cs", "Tuning", "namespace WarmContext.Tool.Tuning; internal static class Tuner;"))));

    [Theory]
    [InlineData(
        "namespace WarmContext.Tool; internal static class Added;",
        "WarmContext.Tool; internal types have their folder's: WarmContext.Tool.Running")]
    [InlineData("internal enum Added { None }", "the global namespace; internal types have their folder's: WarmContext.Tool.Running")]
    public void A_type_in_a_wrong_namespace_is_found(string text, string message)
    {
        var project = Changed("src/WarmContext.Tool/Running/Added.cs", "Running", text);
        Assert.Equal(
            "src/WarmContext.Tool/Running/Added.cs(1): " + message, Assert.Single(Namespaces.Wrong(project, Repository.Compile(project))));
    }

    [Fact]
    public void A_public_type_in_a_namespace_of_its_own_is_found()
    {
        var s3 = Repository.Project("WarmContext.S3");
        var project = s3 with
        {
            Files =
            [
                .. s3.Files,
                new SourceFile("src/WarmContext.S3/Inner/Added.cs", "Inner", "namespace WarmContext.S3.Inner; public static class Added;")
            ],
        };
        Assert.Equal(
            "src/WarmContext.S3/Inner/Added.cs(1): WarmContext.S3.Inner; public types have their package's namespace: WarmContext.S3",
            Assert.Single(Namespaces.Wrong(project, Repository.Compile(project))));
    }

    [Fact]
    public void A_type_that_is_too_long_in_all_its_parts_is_found()
    {
        static string Part(int number) =>
            $"namespace WarmContext.Tool.Running;\n\ninternal static partial class Long\n{{{new string('\n', 200)}    public const int "
                + $"Part{number} = 0;\n}}\n";
        var first = Changed("src/WarmContext.Tool/Running/Long.cs", "Running", Part(1));
        var project = first with
        {
            Files = [.. first.Files, new SourceFile("src/WarmContext.Tool/Running/Long.More.cs", "Running", Part(2))],
        };
        Assert.Equal(
            "src/WarmContext.Tool/Running/Long.cs: WarmContext.Tool.Running.Long has 406 lines in 2 files; a type has at most 400, beyond "
                + "that there is a second idea in it.",
            Assert.Single(TooLong(project)));
    }

    [Fact]
    public void A_file_that_is_too_long_is_found() => Assert.Equal(
        "src/WarmContext.Tool/Running/Long.cs has 301 lines; a file has at most 300.",
        Assert.Single(TooLong(Changed("src/WarmContext.Tool/Running/Long.cs", "Running", new string('\n', 300) + "// the end\n"))));

    [Fact]
    public void A_reference_that_the_table_does_not_have_is_found()
    {
        var project = s_tool with { Projects = [.. s_tool.Projects, "WarmContext.S3"], Packages = ["System.CommandLine"] };
        Assert.Equal(
            [
                "WarmContext.Tool.csproj references WarmContext.S3, and its row in docs/architecture.md does not name it.",
                "WarmContext.Tool has Spectre.Console in its row in docs/architecture.md, and WarmContext.Tool.csproj does not reference "
                    + "it.",
            ],
            LayerRules.WrongReferences(project, s_layers));
    }

    [Fact]
    public void Folders_of_one_tier_may_not_use_each_other()
    {
        var layers = LayerTable.Parse(
            "## Layers\n\n| `Some.Package` | Other, Npgsql | Time ← {Holding, Running} ← (root) |\n\n## Next\n\n"
                + "| `Another` | – | A |\n")["Some.Package"];
        Assert.Equal(["Npgsql", "Other"], layers.Uses);
        Assert.True(layers.Allows("Holding", "Time"));
        Assert.True(layers.Allows("(root)", "Running"));
        Assert.True(layers.Allows("Running", "Running"));
        Assert.False(layers.Allows("Holding", "Running"));
        Assert.False(layers.Allows("Time", "Holding"));
    }

    private static SourceProject Changed(Func<string, string> change) =>
        s_tool with { Files = [.. s_tool.Files.Select(file => file.Path == Fault ? file with { Text = change(file.Text) } : file)] };

    private static SourceProject Changed(string path, string folder, string text) =>
        s_tool with { Files = [.. s_tool.Files, new SourceFile(path, folder, text)] };

    private static IReadOnlyList<string> TooLong(SourceProject project) => LayerRules.TooLong(project, Repository.Compile(project));

    private static IReadOnlyList<string> WrongUses(SourceProject project) =>
        LayerRules.WrongUses(project, new FolderUses(project, Repository.Compile(project)), s_layers);
}
