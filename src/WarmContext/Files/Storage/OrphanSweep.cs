namespace WarmContext;

/// <summary>
/// Removes what killed processes left and nobody can use: once in a process before its first download, alone against commits, and never a
/// file that a live process holds. A partial file that can be resumed stays for a while.
/// </summary>
internal sealed class OrphanSweep(EntryStore store, EnvironmentClock clock)
{
    // As long as the longest invocation: what nobody came back for by then is not going to be resumed.
    private static readonly TimeSpan s_partialRetention = TimeSpan.FromMinutes(15);

    private readonly object _gate = new();
    private bool _swept;

    public void RunOnce()
    {
        lock (_gate)
        {
            if (_swept)
            {
                return;
            }

            _swept = true;
        }

        Run();
    }

    /// <summary>Sweeps now, unless another process does.</summary>
    public void Run()
    {
        try
        {
            store.Directory.Prepare();
            using var alone = CommitGuard.TryAlone(store.Directory);
            if (alone is not null)
            {
                Sweep();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed("sweeping orphans", exception);
        }
    }

    private void Sweep()
    {
        var names = CacheScan.Names(store.Directory, "*");
        var current = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names.Where(static name => name.StartsWith(EntryNames.RecordPrefix, StringComparison.Ordinal)))
        {
            var path = store.PathOf(name);
            if (FileFacts.Of(path) is { IsRegularFile: true } facts && EntryStore.ReadRecord(path, facts) is { } record && File.Exists(store.PathOf(record.DataName)))
            {
                current.Add(record.DataName);
            }
            else
            {
                File.Delete(path);
            }
        }

        foreach (var name in names)
        {
            if (name.StartsWith(EntryNames.PartialPrefix, StringComparison.Ordinal))
            {
                SweepPartial(name);
            }
            else if ((name.StartsWith(EntryNames.DataPrefix, StringComparison.Ordinal) && !current.Contains(name))
                || name.StartsWith(EntryNames.TemporaryPrefix, StringComparison.Ordinal) || name.StartsWith(EntryNames.LockPrefix, StringComparison.Ordinal))
            {
                EntryStore.TryRemoveData(store.PathOf(name));
            }
        }
    }

    private void SweepPartial(string name)
    {
        var path = store.PathOf(name);
        var age = FileFacts.Of(path) is { } facts ? clock.TimeProvider.GetUtcNow().UtcDateTime - facts.LastWriteUtc : TimeSpan.Zero;
        using (var resumable = PartialFile.TryOpen(store.Directory, name))
        {
            if (resumable is not null && age < s_partialRetention && resumable.Complete.Contains(true))
            {
                return;
            }
        }

        EntryStore.TryRemoveData(path);
    }
}
