using System.Xml.Linq;
using WarmContext.TestSupport;

namespace WarmContext.Architecture.Tests.Sources;

/// <summary>A project under src, as its project file and its folder say.</summary>
internal sealed record SourceProject
{
    private static readonly char[] s_separator = [';'];

    public required string Name { get; init; }

    public required IReadOnlyList<SourceFile> Files { get; init; }

    public required bool IsExecutable { get; init; }

    public required bool IsNetStandard { get; init; }

    /// <summary>The assemblies that see its internal types.</summary>
    public required IReadOnlyList<string> Friends { get; init; }

    /// <summary>The projects it is compiled against.</summary>
    public required IReadOnlyList<string> Projects { get; init; }

    /// <summary>The packages that whoever uses it gets too.</summary>
    public required IReadOnlyList<string> Packages { get; init; }

    /// <summary>All projects under src.</summary>
    public static IReadOnlyList<SourceProject> ReadAll() =>
        [
            .. Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(Read)
        ];

    private static SourceProject Read(string projectFile)
    {
        var directory = Path.GetDirectoryName(projectFile)!;
        var definition = XElement.Load(projectFile);
        var own = FilesIn(directory, "*.cs", SearchOption.AllDirectories).Select(file => ReadFile(file, directory));
        var shared = Items(definition, "Compile").SelectMany(pattern => Matching(directory, pattern)).Select(ReadShared);
        return new SourceProject
        {
            Name = Path.GetFileNameWithoutExtension(projectFile),
            Files = [.. own, .. shared],
            IsExecutable = definition.Descendants("OutputType").Any(static element => element.Value == "Exe"),
            IsNetStandard = definition.Descendants("TargetFramework")
                .Any(static element => element.Value.StartsWith("netstandard", StringComparison.Ordinal)),
            Friends = [.. Items(definition, "InternalsVisibleTo")],
            Projects =
            [
                .. definition.Descendants("ProjectReference")
                    .Where(IsReferenced)
                    .Select(static item => Path.GetFileNameWithoutExtension(Included(item)))
            ],
            Packages =
            [
                .. definition.Descendants("PackageReference")
                    .Where(static item => (string?)item.Attribute("PrivateAssets") != "all")
                    .Select(Included)
            ],
        };
    }

    private static SourceFile ReadFile(string file, string project) =>
        new(RelativeTo(RepositoryFiles.Root, file), Folder(file, project), File.ReadAllText(file));

    // Compiled into several projects: its folder is the one under src, wherever a project shows it.
    private static SourceFile ReadShared(string file) => ReadFile(file, Path.Combine(RepositoryFiles.Root, "src"));

    private static string Folder(string file, string project) =>
        RelativeTo(project, Path.GetDirectoryName(file)!) is var folder && folder == "." ? SourceFile.Root : folder;

    private static IEnumerable<string> Matching(string directory, string pattern)
    {
        var path = Path.GetFullPath(Path.Combine(directory, pattern.Replace("**/", string.Empty, StringComparison.Ordinal)));
        var depth = pattern.Contains("**", StringComparison.Ordinal) ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        return FilesIn(Path.GetDirectoryName(path)!, Path.GetFileName(path), depth);
    }

    private static IEnumerable<string> FilesIn(string directory, string pattern, SearchOption depth) =>
        Directory.GetFiles(directory, pattern, depth).Where(static file => !IsBuilt(file)).Order(StringComparer.Ordinal);

    private static bool IsBuilt(string file) =>
        RelativeTo(RepositoryFiles.Root, file).Split('/') is var parts && (parts.Contains("bin") || parts.Contains("obj"));

    private static IEnumerable<string> Items(XElement definition, string name) =>
        definition.Descendants(name)
            .Select(Included)
            .SelectMany(static items => items.Split(s_separator, StringSplitOptions.RemoveEmptyEntries));

    private static string Included(XElement item) => (string?)item.Attribute("Include") ?? string.Empty;

    private static bool IsReferenced(XElement reference) => (string?)reference.Attribute("ReferenceOutputAssembly") != "false";

    private static string RelativeTo(string directory, string path) => Path.GetRelativePath(directory, path).Replace('\\', '/');
}
