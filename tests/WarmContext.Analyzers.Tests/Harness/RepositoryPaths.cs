using WarmContext.TestSupport;

namespace WarmContext.Analyzers.Tests;

/// <summary>Finds the files of the repository that tests read.</summary>
internal static class RepositoryPaths
{
    public static string Root { get; } = RepositoryFiles.Root;

    public static string Tests { get; } = Path.Combine(Root, "tests", "WarmContext.Analyzers.Tests");

    public static string Rules { get; } = Path.Combine(Root, "docs", "rules");

    public static string Patterns { get; } = Path.Combine(Root, "samples", "Patterns");
}
