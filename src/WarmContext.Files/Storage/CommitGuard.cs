namespace WarmContext.Files.Storage;

/// <summary>
/// Keeps the sweep of orphans away from a file in the instant between its rename and the record that names it. Where the file system's locks
/// do nothing, the worst is that such a file is fetched again.
/// </summary>
internal static class CommitGuard
{
    private static readonly TimeSpan s_briefPatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>For commits: any number at once. Waits while a sweep runs, which takes milliseconds; null when that takes too long, as when its process is frozen.</summary>
    public static IDisposable? Share(CacheDirectory directory, EnvironmentClock clock)
    {
        var begun = clock.Read();
        var wait = new SpinWait();
        while (true)
        {
            try
            {
                return Open(directory, FileShare.Read);
            }
            catch (DirectoryNotFoundException)
            {
                // Removed under a running process: there is nothing to commit, and nothing to guard.
                return null;
            }
            catch (IOException) when (FileFacts.Of(directory.PathOf(EntryNames.CommitLock)) is { IsRegularFile: true })
            {
                if (clock.ElapsedSince(begun) > s_patience)
                {
                    return null;
                }

                wait.SpinOnce();
            }
        }
    }

    /// <summary>For the sweep: alone, or not at all.</summary>
    public static IDisposable? TryAlone(CacheDirectory directory)
    {
        try
        {
            return Open(directory, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>For eviction: alone, so that no file is taken between its rename and its first lease; after a short wait it goes on without.</summary>
    public static IDisposable? TryAloneBriefly(CacheDirectory directory, EnvironmentClock clock)
    {
        var begun = clock.Read();
        var wait = new SpinWait();
        while (true)
        {
            if (TryAlone(directory) is { } alone)
            {
                return alone;
            }

            if (clock.ElapsedSince(begun) > s_briefPatience)
            {
                return null;
            }

            wait.SpinOnce();
        }
    }

    private static FileStream Open(CacheDirectory directory, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(directory.PathOf(EntryNames.CommitLock), options);
    }
}
