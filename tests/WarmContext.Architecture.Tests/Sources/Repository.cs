using Microsoft.CodeAnalysis.CSharp;
using WarmContext.Architecture.Tests.Layers;

namespace WarmContext.Architecture.Tests.Sources;

/// <summary>The repository as it is, read and compiled once for all tests, which run one after the other.</summary>
internal static class Repository
{
    public static IReadOnlyList<SourceProject> Projects { get; } = SourceProject.ReadAll();

    private static readonly ProjectCompiler s_compiler = new(Projects);
    private static readonly Dictionary<string, FolderUses> s_uses = [];

    public static IReadOnlyDictionary<string, ProjectLayers> Layers { get; } = LayerTable.Read();

    public static SourceProject Project(string name) => Projects.Single(project => project.Name == name);

    /// <summary>Compiles a project as it is, or with changes that are in memory alone.</summary>
    public static CSharpCompilation Compile(SourceProject project) => s_compiler.Compile(project);

    public static FolderUses Uses(string project) =>
        s_uses.TryGetValue(project, out var uses) ? uses : s_uses[project] = new FolderUses(Project(project), Compile(Project(project)));
}
