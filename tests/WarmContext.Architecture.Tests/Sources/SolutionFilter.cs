using System.Text.Json;
using System.Xml.Linq;
using WarmContext.TestSupport;

namespace WarmContext.Architecture.Tests.Sources;

/// <summary>A solution filter at the repository's root: the projects of one area.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Projects">The projects' paths, from the root.</param>
internal sealed record SolutionFilter(string Name, IReadOnlyList<string> Projects)
{
    public static IReadOnlyList<SolutionFilter> ReadAll() => [.. Directory.GetFiles(RepositoryFiles.Root, "*.slnf").Order().Select(Read)];

    /// <summary>The paths of the projects in the solution, from the root.</summary>
    public static IReadOnlyList<string> Solution() =>
    [
        .. File.ReadLines(Path.Combine(RepositoryFiles.Root, "WarmContext.sln"))
            .Where(static line => line.StartsWith("Project(", StringComparison.Ordinal))
            .Select(static line => Slashes(line.Split('"')[5]))
            .Where(static path => path.EndsWith(".csproj", StringComparison.Ordinal)),
    ];

    /// <summary>The paths of the projects that a project builds, from the root.</summary>
    public static IEnumerable<string> References(string project)
    {
        var directory = Path.GetDirectoryName(Path.Combine(RepositoryFiles.Root, project))!;
        return XElement.Load(Path.Combine(RepositoryFiles.Root, project))
            .Descendants("ProjectReference")
            .Select(static item => (string?)item.Attribute("Include") ?? string.Empty)
            .SelectMany(static paths => paths.Split(';', StringSplitOptions.RemoveEmptyEntries))
            .Select(path => path.Replace("$(EngDirectory)", RepositoryFiles.Root + "/eng/", StringComparison.Ordinal))
            .Select(path => Slashes(Path.GetRelativePath(RepositoryFiles.Root, Path.GetFullPath(Path.Combine(directory, Slashes(path))))));
    }

    private static SolutionFilter Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var projects = document.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray();
        return new SolutionFilter(Path.GetFileName(file), [.. projects.Select(static project => Slashes(project.GetString()!))]);
    }

    private static string Slashes(string path) => path.Replace('\\', '/');
}
