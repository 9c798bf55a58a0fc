using WarmContext.Files.Diagnostics;

namespace WarmContext.Files.Storage;

/// <summary>
/// Removes what killed processes left and nobody can use: once in a process, before its first download at the latest, alone against
/// commits, and never a file that a live process holds. A partial file that can be resumed stays for a while; where locks do nothing, so
/// does everything else.
/// </summary>
internal sealed class OrphanSweep(EntryStore store, EnvironmentClock clock)
{
    // As long as the longest invocation: what nobody came back for by then is not going to be resumed.
    private static readonly TimeSpan s_partialRetention = TimeSpan.FromMinutes(15);

    private readonly object _gate = new();
    private volatile bool _swept;

    public void RunOnce()
    {
        lock (_gate)
        {
            // Not counted while others commit all the time: the next use tries again.
            _swept = _swept || Run(keepsResumable: true);
        }
    }

    /// <summary>
    /// Has the sweep done beside the caller, who needs no room: an environment that only reads gets rid of orphans as well.
    /// </summary>
    public void RunOnceInBackground()
    {
        if (!_swept)
        {
            _ = Task.Run(RunOnce);
        }
    }

    /// <summary>Removes what could be resumed, too.</summary>
    public void RemoveEverything() => Run(keepsResumable: false);

    /// <summary>Sweeps now; false when somebody else sweeps or commits.</summary>
    private bool Run(bool keepsResumable)
    {
        try
        {
            store.Directory.Prepare();
            using var exclusive = store.CommitLock.TryAcquireExclusive(TimeSpan.Zero);
            if (exclusive is null)
            {
                return false;
            }

            Sweep(keepsResumable);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed("sweeping orphans", exception);
        }

        return true;
    }

    private void Sweep(bool keepsResumable)
    {
        var names = store.Directory.Names("*");
        var current = new Dictionary<string, EntryRecord>(StringComparer.Ordinal);
        foreach (var name in names.Where(static name => name.StartsWith(EntryNames.RecordPrefix, StringComparison.Ordinal)))
        {
            if (store.Records.Read(name) is { } found && File.Exists(store.PathOf(found.Record.DataName)))
            {
                current[found.Record.DataName] = found.Record;
            }
            else
            {
                File.Delete(store.PathOf(name));
            }
        }

        foreach (var name in names)
        {
            if (name.StartsWith(EntryNames.PartialPrefix, StringComparison.Ordinal))
            {
                SweepPartial(name, keepsResumable, current.Values);
            }
            else if ((name.StartsWith(EntryNames.DataPrefix, StringComparison.Ordinal) && !current.ContainsKey(name))
                || name.StartsWith(EntryNames.TemporaryPrefix, StringComparison.Ordinal)
                || name.StartsWith(EntryNames.LockPrefix, StringComparison.Ordinal)
                || name.StartsWith(EntryNames.RecordLockPrefix, StringComparison.Ordinal))
            {
                TryRemove(name);
            }
        }
    }

    private void TryRemove(string name)
    {
        if (store.Directory.HasLocks || Age(name) >= s_partialRetention)
        {
            EntryStore.TryRemoveData(store.PathOf(name));
        }
    }

    private TimeSpan Age(string name) =>
        FileFacts.Of(store.PathOf(name)) is { } facts ? clock.TimeProvider.GetUtcNow().UtcDateTime - facts.LastWriteUtc : TimeSpan.Zero;

    private void SweepPartial(string name, bool keepsResumable, IEnumerable<EntryRecord> current)
    {
        using (var resumable = keepsResumable && store.Directory.HasLocks ? PartialFile.TryOpen(store.Directory, name) : null)
        {
            if (resumable is not null && Age(name) < s_partialRetention && resumable.Complete.Contains(true)
                && !current.Any(record => IsSameVersion(record, resumable.Record)))
            {
                return;
            }
        }

        TryRemove(name);
    }

    private static bool IsSameVersion(EntryRecord one, EntryRecord other) =>
        one.Id == other.Id && one.Scheme == other.Scheme && one.EntityTag == other.EntityTag;
}
