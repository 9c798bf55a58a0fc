using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace WarmContext.Analyzers.Tests;

/// <summary>What counts as a handler, told by whether a client built there is reported.</summary>
public class HandlerDetectionTests() : RuleTests(RuleIds.CostlyClientPerInvocation)
{
    private const string Named = """
        namespace Shop;
        public class Handlers
        {
            public void Run() { var http = [|new HttpClient()|]; }
            public void Other() { var http = new HttpClient(); }
        }
        """;

    [Theory]
    [InlineData("aws-lambda-tools-defaults.json", "{ \"function-handler\": \"TestFunction::Shop.Handlers::Run\" }")]
    [InlineData(
        "serverless.template", "{ \"Resources\": { \"F\": { \"Properties\": { \"Handler\": \"TestFunction::Shop.Handlers::Run\" } } } }")]
    [InlineData("template.yaml", "Resources:\n  F:\n    Properties:\n      Handler: TestFunction::Shop.Handlers::Run\n")]
    [InlineData("src/app/template.yml", "      Handler: 'TestFunction::Shop.Handlers::Run'")]
    [InlineData("template.yaml", "      Handler: !Sub \"TestFunction::Shop.Handlers::Run\" # the one\n")]
    [InlineData("template.yaml", "      Handler: >-\n        TestFunction::Shop.Handlers::Run\n")]
    [InlineData("template.yaml", "Globals:\n  Function:\n    Handler: \"TestFunction::Shop.Handlers::Run\"\n    Timeout: 30\n")]
    [InlineData("template.yaml", "  One:\n    Handler: Other::Shop.Other::Run\n  Two:\n    Handler: TestFunction::Shop.Handlers::Run\n")]
    [InlineData("template.yaml", "    PackageType: Image\n    ImageConfig:\n      Command: [\"TestFunction::Shop.Handlers::Run\"]\n")]
    [InlineData(
        "template.yaml",
        "    PackageType: Image\n    ImageConfig:\n      Command:\n        # The handler.\n        - TestFunction::Shop.Handlers::Run\n")]
    [InlineData(
        "serverless.template",
        "{ \"PackageType\": \"Image\", \"ImageConfig\": { \"Command\": [ \"TestFunction::Shop.Handlers::Run\" ] } }")]
    [InlineData(
        "serverless.template",
        "{ \"Description\": \"A # in a text\", \"Handler\": { \"Fn::Sub\": \"TestFunction::Shop.Handlers::Run\" } }")]
    [InlineData(
        "aws-lambda-tools-defaults.json", "{ \"package-type\": \"image\", \"image-command\": \"TestFunction::Shop.Handlers::Run\" }")]
    public Task A_deployment_file_names_handlers(string file, string text) => VerifyAsync(Named, null, (file, text));

    [Theory]
    [InlineData("template.yaml", "Handler: OtherAssembly::Shop.Handlers::Run")]
    [InlineData("template.yaml", "# Handler: TestFunction::Shop.Handlers::Run")]
    [InlineData("template.yaml", "Handler: TestFunction # Handler: TestFunction::Shop.Handlers::Run")]
    [InlineData("template.yaml", "Description: TestFunction::Shop.Handlers::Run")]
    [InlineData("template.yaml", "Handler: TestFunction")]
    [InlineData("template.yaml", "Handler: TestFunction::Shop.Missing::Run")]
    [InlineData("notes.txt", "Handler: TestFunction::Shop.Handlers::Run")]
    public Task What_names_no_handler_of_ours_is_passed_over(string file, string text) =>
        VerifyAsync(Named.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), null, (file, text));

    [Fact]
    public Task A_global_option_names_handlers() =>
        VerifyAsync(Named, new Dictionary<string, string> { ["warmcontext.handlers"] = "TestFunction::Shop.Handlers::Run" });

    [Fact]
    public Task A_handler_may_be_inherited_from_a_base_class() => VerifyAsync(
        """
        namespace Shop;
        public abstract class Base { public void Run() { var http = [|new HttpClient()|]; } }
        public class Handlers : Base { }
        """,
        null,
        ("template.yaml", "Handler: TestFunction::Shop.Handlers::Run"));

    [Theory]
    [InlineData("namespace Shop\n{\n    using Context = Amazon.Lambda.Core.ILambdaContext;\n", "}")]
    [InlineData("global using Context = Amazon.Lambda.Core.ILambdaContext;\n", "")]
    public Task The_context_may_have_an_alias(string before, string after) => VerifyAsync(
        before
            + "public class Function\n{\n    public void Run(string input, Context context) { var http = [|new HttpClient()|]; }\n}\n"
            + after,
        null);

    [Fact]
    public Task A_bootstrap_may_be_built_without_naming_its_type() => VerifyAsync(
        """
        public class Program
        {
            public static async Task Main()
            {
                using LambdaBootstrap bootstrap = new(RunAsync);
                await bootstrap.RunAsync();
            }
            private static Task<InvocationResponse> RunAsync(InvocationRequest request) { var http = [|new HttpClient()|]; throw new InvalidOperationException(http.ToString()); }
        }
        """,
        null);

    [Fact]
    public Task A_minimal_api_is_left_alone() => VerifyAsync(
        """
        var app = new App();
        app.MapGet("/", () => { var http = new HttpClient(); return http.ToString()!; });
        public class App
        {
            public void MapGet(string path, Func<string> handler) => handler();
        }
        """,
        null);

    [Fact]
    public async Task A_test_project_is_left_alone()
    {
        const string Code = "public class Function\n{\n    public void Handler(string input, ILambdaContext context) { var http = new "
            + "HttpClient(); }\n}";
        await VerifyAsync(Code, TestOptions.Create(), References.TestProject);
        await VerifyAsync(
            Code.Replace("new HttpClient()", "[|new HttpClient()|]", StringComparison.Ordinal),
            TestOptions.Create(new Dictionary<string, string> { ["warmcontext.analyze_tests"] = "true" }),
            References.TestProject);
    }

    [Theory]
    [InlineData("Function.g.cs", "")]
    [InlineData("Function.designer.cs", "")]
    [InlineData("Function.cs", "// <auto-generated/>\n")]
    public async Task Generated_code_is_left_alone(string path, string header)
    {
        var code = header
            + "public class Function\n{\n    public void Handler(string input, ILambdaContext context) { var http = new HttpClient(); }\n}";
        var compilation = AnalyzerRun.Compile([Sources.Parse(code, path), Sources.GlobalUsings()]);
        AnalyzerRun.AssertCompiles(compilation, code);
        Assert.Empty(await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All));
    }

    [Fact]
    public async Task A_project_without_Lambda_is_left_alone()
    {
        const string Code = "public class Worker\n{\n    private static System.Data.Common.DbConnection? s_connection;\n"
            + "    public void Run() { var http = new HttpClient(); s_connection = null; }\n}";
        var compilation = AnalyzerRun.Compile([Sources.Parse(Code), Sources.GlobalUsings(lambda: false)], References.NoLambda);
        AnalyzerRun.AssertCompiles(compilation, Code);
        Assert.Empty(await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All));
    }

    [Theory]
    [InlineData("SnapStart:\n  ApplyOn: PublishedVersions\nHandler: TestFunction::Function::Handler", true)]
    [InlineData("{ \"SnapStart\": { \"ApplyOn\": \"PublishedVersions\" } }", true)]
    [InlineData("SnapStart:\n  ApplyOn: None", false)]
    [InlineData("SnapStart:\n  ApplyOn: PublishedVersions\nHandler: OtherAssembly::Function::Handler", false)]
    public async Task A_deployment_file_turns_SnapStart_on(string text, bool on)
    {
        const string Code = "public class Function\n{\n    private static readonly Guid s_id = Guid.NewGuid();\n"
            + "    public string Handler(string input, ILambdaContext context) => s_id.ToString();\n}";
        AnalyzerOptions options = TestOptions.Create(null, ("template.yaml", text));
        var found = await AnalyzerRun.AnalyzeAsync(
            AnalyzerRun.Compile([Sources.Parse(Code), Sources.GlobalUsings()]), AnalyzerRun.All, options);
        Assert.Equal(on ? [RuleIds.UniqueValueBeforeSnapshot] : [], found.Select(static diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("yes", false)]
    [InlineData("", false)]
    public async Task SnapStart_may_be_set_for_any_file_of_the_project(string value, bool on)
    {
        const string Code = "public class Function\n{\n    private static readonly Guid s_id = Guid.NewGuid();\n"
            + "    public string Handler(string input, ILambdaContext context) => s_id.ToString();\n}";
        var linked = Sources.Parse("public class Linked { }", "/elsewhere/Linked.cs");
        var compilation = AnalyzerRun.Compile([linked, Sources.Parse(Code), Sources.GlobalUsings()]);
        var options = new AnalyzerOptions([], new OptionsBut(linked, new Dictionary<string, string> { ["warmcontext.snapstart"] = value }));
        var found = await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All, options);
        Assert.Equal(on ? [RuleIds.UniqueValueBeforeSnapshot] : [], found.Select(static diagnostic => diagnostic.Id));
    }

    [Fact]
    public void The_assemblies_ask_for_no_newer_Roslyn_than_the_oldest_SDK_has()
    {
        foreach (var assembly in new[] { typeof(RuleIds).Assembly, typeof(CodeFixes.LambdaCodeFix).Assembly })
        {
            foreach (var reference in assembly.GetReferencedAssemblies()
                .Where(static name => name.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)))
            {
                // SDK 8.0.4xx carries 4.11.
                Assert.True(reference.Version <= new Version(4, 11), reference.FullName);
            }

            Assert.DoesNotContain(
                assembly.GetReferencedAssemblies(), static name => name.Name!.StartsWith("System.Composition", StringComparison.Ordinal));
        }

        Assert.DoesNotContain(
            typeof(RuleIds).Assembly.GetReferencedAssemblies(), static name => name.Name!.Contains("Workspaces", StringComparison.Ordinal));
    }

    /// <summary>An .editorconfig that covers all files but one.</summary>
    private sealed class OptionsBut(SyntaxTree uncovered, IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        private readonly TestOptions _covered = new(values);
        private readonly TestOptions _none = new();

        public override AnalyzerConfigOptions GlobalOptions => _none.GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) =>
            tree == uncovered ? _none.GlobalOptions : _covered.GetOptions(tree);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _none.GlobalOptions;
    }
}
