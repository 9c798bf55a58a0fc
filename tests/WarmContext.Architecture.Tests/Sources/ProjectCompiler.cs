using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace WarmContext.Architecture.Tests.Sources;

/// <summary>Compiles projects from their sources, each against those it references.</summary>
internal sealed class ProjectCompiler(IReadOnlyList<SourceProject> projects)
{
    // What the SDK gives every project that asks for implicit usings.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_references = new(static () =>
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(static path => !IsOurs(path))
                .Select(static path => MetadataReference.CreateFromFile(path))
        ]);

    private readonly Dictionary<SourceProject, CSharpCompilation> _compiled = [];

    /// <summary>Compiles a project. What its source generators would add is missing.</summary>
    public CSharpCompilation Compile(SourceProject project)
    {
        if (_compiled.TryGetValue(project, out var known))
        {
            return known;
        }

        var references = Referenced(project)
            .Distinct()
            .Select(name => Compile(projects.Single(candidate => candidate.Name == name)).ToMetadataReference());
        return _compiled[project] = CSharpCompilation.Create(
            project.Name, Trees(project), [.. s_references.Value, .. references], Options(project));
    }

    // Those that it references reference others, and a build hands all of them on.
    private IEnumerable<string> Referenced(SourceProject project) =>
        project.Projects.SelectMany(name => Referenced(projects.Single(candidate => candidate.Name == name)).Prepend(name));

    private static IEnumerable<SyntaxTree> Trees(SourceProject project)
    {
        var symbols = project.IsNetStandard
            ? (string[])["NETSTANDARD", "NETSTANDARD2_0"]
            : ["NET", "NET10_0", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER"];
        var options = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None, preprocessorSymbols: symbols);
        var friends = project.Friends.Select(static name => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{name}\")]");
        yield return CSharpSyntaxTree.ParseText(ImplicitUsings + "\n" + string.Join("\n", friends), options);
        foreach (var file in project.Files)
        {
            yield return CSharpSyntaxTree.ParseText(SourceText.From(file.Text), options, file.Path);
        }
    }

    private static CSharpCompilationOptions Options(SourceProject project) => new(
        project.IsExecutable ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Enable);

    private static bool IsOurs(string path) => Path.GetFileName(path).StartsWith("WarmContext.", StringComparison.Ordinal);
}
