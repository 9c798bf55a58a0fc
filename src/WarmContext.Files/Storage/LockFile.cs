using Microsoft.Win32.SafeHandles;

namespace WarmContext.Files.Storage;

/// <summary>
/// A file of a cache directory that threads and processes lock, shared or exclusively. Where the file system's locks do nothing, all of
/// them get it, and what it guards is done twice at worst.
/// </summary>
internal sealed class LockFile(CacheDirectory directory, string name, EnvironmentClock clock)
{
    private static readonly TimeSpan s_sharedPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    private bool _removesFile;

    /// <summary>
    /// Keeps the sweep of orphans and evictions, which take it exclusively, away from a file in the instant between its rename and the
    /// record that names it. Any number of commits share it.
    /// </summary>
    public static LockFile ForCommits(CacheDirectory directory, EnvironmentClock clock) => new(directory, EntryNames.CommitLock, clock);

    /// <summary>Keeps processes from fetching the same file at once, which saves bandwidth and nothing else.</summary>
    public static LockFile ForDownload(CacheDirectory directory, string hash, EnvironmentClock clock) =>
        new(directory, EntryNames.LockPrefix + hash, clock);

    /// <summary>Keeps processes from changing the same record at once. Its file is removed when the lock is given back.</summary>
    public static LockFile ForRecord(CacheDirectory directory, string hash, EnvironmentClock clock) =>
        new(directory, EntryNames.RecordLockPrefix + hash, clock) { _removesFile = true };

    /// <summary>
    /// Opens any file exclusively; fails when somebody has it open under a lock. For writing, since NFS gives no exclusive lock to readers.
    /// </summary>
    /// <exception cref="IOException">Somebody has it, or it isn't there.</exception>
    public static SafeFileHandle OpenExclusive(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    /// <summary>
    /// Takes the lock together with any number of others, and waits while somebody has it exclusively, which takes milliseconds; null when
    /// that takes too long, as when its process is frozen.
    /// </summary>
    public IDisposable? AcquireShared()
    {
        var begun = clock.Read();
        var wait = new SpinWait();
        while (true)
        {
            try
            {
                return Open(FileShare.Read, FileOptions.None);
            }
            catch (DirectoryNotFoundException)
            {
                // Removed under a running process: there is nothing to guard.
                return null;
            }
            catch (IOException) when (IsThere())
            {
                if (clock.ElapsedSince(begun) > s_sharedPatience)
                {
                    return null;
                }

                wait.SpinOnce();
            }
        }
    }

    /// <summary>Takes the lock exclusively; null when somebody has it for all that time.</summary>
    /// <param name="patience">How long to try; zero tries once.</param>
    public IDisposable? TryAcquireExclusive(TimeSpan patience)
    {
        var begun = clock.Read();
        var wait = new SpinWait();
        while (true)
        {
            try
            {
                var stream = Open(FileShare.None, FileOptions.None);
                if (!_removesFile)
                {
                    return stream;
                }

                if (FileFacts.HasName(stream.SafeFileHandle, stream.Name))
                {
                    return new RemovedWhenReleased(stream);
                }

                // Whoever had the lock removed its file between our open and our lock.
                stream.Dispose();
            }
            catch (Exception exception) when (
                exception is UnauthorizedAccessException || (exception is IOException failure && !CacheDirectory.IsLocked(failure)))
            {
                // No directory any more, or one that can't be written to.
                return null;
            }
            catch (IOException)
            {
                if (clock.ElapsedSince(begun) >= patience)
                {
                    return null;
                }

                wait.SpinOnce();
            }
        }
    }

    /// <summary>Waits for the lock exclusively. Its file is removed when the lock is given back, or swept after a kill.</summary>
    /// <param name="patience">How long to wait at most: whoever has the lock may be frozen.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lock, null where it could not be had, and whether somebody else had it meanwhile.</returns>
    public async Task<(IDisposable? Lock, bool Waited)> AcquireExclusiveAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = clock.Read();
        for (var waited = false; ; waited = true)
        {
            try
            {
                return (Open(FileShare.None, FileOptions.DeleteOnClose), waited);
            }
            catch (IOException) when (IsThere())
            {
                if (clock.ElapsedSince(begun) >= patience)
                {
                    return (null, waited);
                }

                await Task.Delay(s_poll, clock.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException) when (waited)
            {
                // It was removed between our failure and our look, which is as good as released.
                await Task.Yield();
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not FileCacheException)
            {
                return (null, waited);
            }
        }
    }

    private bool IsThere() => FileFacts.Of(directory.PathOf(name)) is { IsRegularFile: true };

    private FileStream Open(FileShare share, FileOptions behavior)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
            Options = behavior,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = CacheDirectory.PrivateFile;
        }

        return new FileStream(directory.PathOf(name), options);
    }

    /// <summary>Removes the file while it is still locked, so that it is never another holder's.</summary>
    private sealed class RemovedWhenReleased(FileStream stream) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                File.Delete(stream.Name);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The directory was removed, say; the sweep gets what is left.
            }

            stream.Dispose();
        }
    }
}
