namespace WarmContext.TestSupport;

/// <summary>Finds the repository's own files from a test that runs out of its build folder.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder of WarmContext.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WarmContext.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No WarmContext.sln in or above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
