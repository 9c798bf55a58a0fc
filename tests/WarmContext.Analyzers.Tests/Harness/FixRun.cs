using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using WarmContext.CodeFixes;

namespace WarmContext.Analyzers.Tests;

/// <summary>Applies code fixes in a workspace, as an editor does.</summary>
internal static class FixRun
{
    public static ImmutableArray<CodeFixProvider> All { get; } = typeof(LambdaCodeFix).Assembly.GetTypes()
        .Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider)))
        .OrderBy(static type => type.Name, StringComparer.Ordinal)
        .Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!)
        .ToImmutableArray();

    public static CodeFixProvider For(string id) => All.Single(fix => fix.FixableDiagnosticIds.Contains(id));

    public static Document Open(string source, IReadOnlyList<MetadataReference> references)
    {
        var workspace = new AdhocWorkspace();
        var compilation = AnalyzerRun.Compile([Sources.Parse(source), Sources.GlobalUsings()], references);
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(),
            VersionStamp.Default,
            "TestFunction",
            "TestFunction",
            LanguageNames.CSharp,
            compilationOptions: compilation.Options,
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            metadataReferences: references));
        project = project.AddDocument("Usings.cs", Sources.GlobalUsings().GetText()).Project;
        return project.AddDocument("Function.cs", source, filePath: "Function.cs");
    }

    public static async Task<ImmutableArray<Diagnostic>> FindAsync(
        Document document, string id, IReadOnlyDictionary<string, string>? options = null)
    {
        var compilation = await document.Project.GetCompilationAsync();
        AnalyzerRun.AssertCompiles(compilation!, (await document.GetTextAsync()).ToString());
        return await AnalyzerRun.AnalyzeAsync(compilation!, [AnalyzerRun.For(id)], TestOptions.Create(options));
    }

    public static async Task<List<CodeAction>> ActionsAsync(Document document, Diagnostic diagnostic, CodeFixProvider fix)
    {
        var actions = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(
            new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    public static async Task<Document> ApplyAsync(Document document, CodeAction action)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return changed.GetDocument(document.Id)!;
    }

    public static async Task<Document> FixAllAsync(Document document, string id, string equivalenceKey)
    {
        var fix = For(id);
        var context = new FixAllContext(
            document, fix, FixAllScope.Document, equivalenceKey, [id], new Provider(id), CancellationToken.None);
        var action = await fix.GetFixAllProvider()!.GetFixAsync(context);
        return await ApplyAsync(document, action!);
    }

    /// <summary>Adds a second document to the project and mends both at once.</summary>
    public static async Task<IReadOnlyList<Document>> FixAllAsync(Document document, string second, string id, string equivalenceKey)
    {
        var other = document.Project.AddDocument("Second.cs", second, filePath: "Second.cs");
        document = other.Project.GetDocument(document.Id)!;
        var fix = For(id);
        var context = new FixAllContext(document, fix, FixAllScope.Project, equivalenceKey, [id], new Provider(id), CancellationToken.None);
        var action = await fix.GetFixAllProvider()!.GetFixAsync(context);
        var operations = await action!.GetOperationsAsync(CancellationToken.None);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return [changed.GetDocument(document.Id)!, changed.GetDocument(other.Id)!];
    }

    private sealed class Provider(string id) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken)
            => await FindAsync(project.Documents.First(), id);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(
            Document document, CancellationToken cancellationToken)
            => (await FindAsync(document, id)).Where(diagnostic => diagnostic.Location.SourceTree!.FilePath == document.FilePath);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(Enumerable.Empty<Diagnostic>());
    }
}
