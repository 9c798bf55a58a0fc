using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WarmContext.Analyzers.Tests.CallGraph;

/// <summary>
/// A function that uses another project of its solution. An editor and dotnet format refer to that project's compilation, with its source
/// at hand; a build refers to its assembly. Both must find the same, and no rule may throw.
/// </summary>
public class OtherProjectTests
{
    private const string Library = """
        namespace Shop.Library;

        public abstract class HandlerBase
        {
            public Task<string> HandleAsync(string input) => RunAsync(input);
            public virtual async Task<string> RunAsync(string input)
            {
                using var s3 = new AmazonS3Client();
                await s3.ListBucketsAsync();
                return input;
            }
        }

        public interface IStep { Task RunAsync(); }
        public class Step : IStep { public Task RunAsync() => new HttpClient().GetStringAsync("https://a"); }

        public static class Configuration
        {
            public static string CurrentTenant { get; set; } = "";
            public static string Load() => new HttpClient().GetStringAsync("https://a").GetAwaiter().GetResult();
            public static readonly string Place = Path.Combine("/var", "a");
            public static readonly Func<string, ILambdaContext, Task<string>> Handler = async (input, context) =>
            {
                await new HttpClient().GetStringAsync("https://a");
                return input;
            };
        }

        public class PooledHttp : HttpClient
        {
            public static PooledHttp CreatePooled() => new();
        }

        public static class Extensions
        {
            public static async Task SaveAsync(this string text) => await File.WriteAllTextAsync("/data/a", text);
        }
        """;

    public static TheoryData<string> Functions =>
    [
        "public class Function : HandlerBase { }",
        "public class Function : HandlerBase { public override Task<string> RunAsync(string input) => base.RunAsync(input); }",
        """
        public class Function
        {
            private static readonly Lazy<string> s_text = new(() => Configuration.Load());
            public string HandleAsync(string input, ILambdaContext context) => s_text.Value;
        }
        """,
        """
        public class Inherited : Step, IStep { }
        public class Function
        {
            private readonly IStep _step = new Inherited();
            public async Task HandleAsync(string input, ILambdaContext context) { await _step.RunAsync(); await input.SaveAsync(); }
        }
        """,
        """
        public class Function
        {
            public void HandleAsync(Order order, ILambdaContext context)
            {
                Configuration.CurrentTenant = order.Tenant;
                File.WriteAllText(Configuration.Place, "a");
                using var http = PooledHttp.CreatePooled();
            }
        }
        """,
        """
        public static class Function
        {
            public static Task Main() => LambdaBootstrapBuilder.Create<string, string>(Configuration.Handler, null!).Build().RunAsync();
        }
        """,
    ];

    [Theory]
    [MemberData(nameof(Functions))]
    public Task An_editor_finds_what_a_build_finds(string function) => AssertAgreeAsync(
        Compile("Library", [Library, Sources.Order]),
        [function, "global using Shop.Library;"],
        Template("Function", ["HandleAsync", "RunAsync"]));

    [Fact]
    public async Task Every_class_of_the_corpus_can_be_another_projects_base()
    {
        var library = AnalyzerRun.Compile(
            [
                .. Directory.GetFiles(Path.Combine(RepositoryPaths.Tests, "Corpus"), "*.cs")
                    .Select(static file => (Path: file, Text: File.ReadAllText(file)))
                    .Where(static file => !file.Text.Contains("\nawait Lambda", StringComparison.Ordinal))
                    .Select(static file => Sources.Parse(file.Text, file.Path)),
                Sources.GlobalUsings()
            ],
            name: "Corpus");
        var bases = library.GetSymbolsWithName(static _ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>()
            .Where(static type => type is
            {
                TypeKind: TypeKind.Class, DeclaredAccessibility: Accessibility.Public,
                IsStatic: false, IsSealed: false, IsGenericType: false,
            })
            .OrderBy(static type => type.ToDisplayString(), StringComparer.Ordinal)
            .ToList();
        Assert.NotEmpty(bases);
        var code = string.Join('\n', bases.Select(static (type, i) => string.Create(
            CultureInfo.InvariantCulture, $"public class Derived{i} : global::{type.ToDisplayString()} {{ }}")));
        var templates = string.Concat(bases.Select(static (type, i) => Template(
            $"Derived{i}", type.GetMembers().OfType<IMethodSymbol>().Select(static method => method.Name))));
        await AssertAgreeAsync(library, [code], templates, compiles: false);
    }

    [Fact]
    public void Rules_ask_for_syntax_through_the_one_method_that_leaves_other_projects_out() => Assert.Equal(
        ["SymbolExtensions.cs"],
        Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "src", "WarmContext.Analyzers"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => File.ReadAllText(file).Contains("DeclaringSyntaxReferences", StringComparison.Ordinal))
            .Select(static file => Path.GetFileName(file)));

    private static CSharpCompilation Compile(string name, string[] code, params MetadataReference[] references) => AnalyzerRun.Compile(
        [.. code.Select(static (text, i) => Sources.Parse(text, $"File{i}.cs")), Sources.GlobalUsings()],
        [.. References.WithWarmContext, .. references],
        name);

    private static string Template(string type, IEnumerable<string> methods) =>
        string.Concat(methods.Select(method => $"      Handler: TestFunction::{type}::{method}\n"));

    private static async Task AssertAgreeAsync(CSharpCompilation library, string[] function, string template, bool compiles = true)
    {
        using var assembly = new MemoryStream();
        var emitted = library.Emit(assembly);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        var options = TestOptions.Create(files: [("template.yaml", template)]);
        var built = await FindAsync(MetadataReference.CreateFromImage(assembly.ToArray()));
        var edited = await FindAsync(library.ToMetadataReference());
        Assert.Equal(built, edited);

        async Task<IEnumerable<string>> FindAsync(MetadataReference reference)
        {
            var compilation = Compile("TestFunction", function, reference);
            if (compiles)
            {
                AnalyzerRun.AssertCompiles(compilation, function[0]);
            }

            return (await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All, options)).Select(static found => found.ToString());
        }
    }
}
