namespace WarmContext.Testing;

/// <summary>A directory that is deleted with this.</summary>
internal sealed class DirectoryCopy : IDisposable
{
    private readonly DirectoryInfo _directory;

    public DirectoryCopy(string path) =>
        _directory = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, (UnixFileMode)Convert.ToInt32("755", 8));

    public string FullName => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
