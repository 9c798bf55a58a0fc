namespace WarmContext.LocalServices;

/// <summary>Where the repository is checked out.</summary>
public static class RepositoryRoot
{
    private const string Marker = "WarmContext.sln";

    /// <summary>The folder that holds WarmContext.sln: the nearest one above the running program, or above the current directory.</summary>
    /// <exception cref="LocalServiceException">Neither lies in the repository.</exception>
    public static string Find() =>
        Above(AppContext.BaseDirectory) ?? Above(Directory.GetCurrentDirectory())
        ?? throw new LocalServiceException(
            $"No folder above {AppContext.BaseDirectory} or {Directory.GetCurrentDirectory()} holds {Marker}, "
                + "so eng/services cannot be found. "
                + "Run from inside the repository, or set WARMCONTEXT_POSTGRES and WARMCONTEXT_S3_ENDPOINT to servers of your own.");

    private static string? Above(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
