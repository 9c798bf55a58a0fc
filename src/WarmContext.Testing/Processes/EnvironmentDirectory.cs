namespace WarmContext.Testing.Processes;

/// <summary>The directory with the files of one environment. Deleted with it, at the latest when this process has ended.</summary>
internal sealed class EnvironmentDirectory : IDisposable
{
    public EnvironmentDirectory()
    {
        FullName = Path.Combine(ProcessGuardian.Current.Directory, Path.GetRandomFileName());
        EphemeralStorage = Path.Combine(FullName, "tmp");
        Directory.CreateDirectory(EphemeralStorage);
    }

    public string FullName { get; }

    /// <summary>The directory that is the function's ephemeral storage.</summary>
    public string EphemeralStorage { get; }

    /// <summary>The file that the function writes its standard output and standard error to.</summary>
    public string LogFile => Path.Combine(FullName, "log");

    public void Dispose()
    {
        try
        {
            Directory.Delete(FullName, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tried again when this process ends.
        }
    }
}
