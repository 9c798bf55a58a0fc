using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Isolation;

/// <summary>
/// The size limit of an ephemeral storage: a file system of that size in a sparse file, mounted as the storage's directory. (A tmpfs would
/// be simpler, but counts as the function's memory.)
/// </summary>
internal sealed class PrivateStorage : IDisposable
{
    private readonly string _directory;
    private readonly string _image;

    private PrivateStorage(string directory, string image)
    {
        _directory = directory;
        _image = image;
    }

    /// <summary>Mounts a storage.</summary>
    /// <param name="directory">Where, an empty directory.</param>
    /// <param name="megabytes">Its size.</param>
    /// <param name="problem">Why it didn't work.</param>
    public static PrivateStorage? TryMount(string directory, int megabytes, out string? problem)
    {
        var image = directory + ".ext4";
        try
        {
            using var file = new FileStream(image, FileMode.CreateNew);
            file.SetLength(megabytes * 1024L * 1024);
        }
        catch (IOException exception)
        {
            problem = exception.Message;
            return null;
        }

        // Before it is mounted, so that there is no moment in which it could be left behind.
        ProcessGuardian.Current.AddMount(directory);
        problem = Tool.TryRun("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", "-E", "lazy_itable_init=1,nodiscard", image)
            ?? Tool.TryRun("mount", "-o", "loop,noatime,nosuid,nodev", image, directory);
        var storage = new PrivateStorage(directory, image);
        if (problem is not null)
        {
            storage.Clear();
            return null;
        }

        // Lambda's is empty and for everybody.
        Directory.Delete(Path.Combine(directory, "lost+found"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory, (UnixFileMode)Convert.ToInt32("1777", 8));
        }

        return storage;
    }

    public void Dispose()
    {
        // Lazily: a process that is just being killed may still have a file open in it.
        Tool.TryRun("umount", "--lazy", _directory);
        Clear();
    }

    private void Clear()
    {
        ProcessGuardian.Current.RemoveMount(_directory);
        File.Delete(_image);
    }
}
