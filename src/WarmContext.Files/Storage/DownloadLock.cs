namespace WarmContext.Files.Storage;

/// <summary>
/// Keeps processes that share a directory from fetching the same file at once. It saves bandwidth and nothing else: where the file system's
/// locks do nothing, both fetch, and the last rename stands.
/// </summary>
internal static class DownloadLock
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for the lock for a while.</summary>
    /// <param name="directory">The shared directory.</param>
    /// <param name="hash">The file.</param>
    /// <param name="patience">How long to wait at most: whoever has the lock may be frozen.</param>
    /// <param name="clock">What the wait is measured by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lock, and whether somebody else had it meanwhile, who may have fetched the file.</returns>
    public static async Task<(IDisposable? Lock, bool Waited)> AcquireAsync(CacheDirectory directory, string hash, TimeSpan patience, EnvironmentClock clock, CancellationToken cancellationToken)
    {
        var begun = clock.Read();
        for (var waited = false; ; waited = true)
        {
            try
            {
                return (directory.OpenLock(EntryNames.LockPrefix + hash), waited);
            }
            catch (IOException) when (FileFacts.Of(directory.PathOf(EntryNames.LockPrefix + hash)) is { IsRegularFile: true })
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
            catch (IOException exception) when (exception is not FileCacheException)
            {
                return (null, waited);
            }
        }
    }
}
