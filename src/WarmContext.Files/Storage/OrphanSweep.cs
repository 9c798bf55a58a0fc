using WarmContext.Files.Diagnostics;

namespace WarmContext.Files.Storage;

/// <summary>
/// Removes what killed processes left and nobody can use: once in a process, before its first download where that is quickly done, alone
/// against commits, and never a file that a live process holds. A partial file that can be resumed stays for a while; where locks do
/// nothing, so does everything else.
/// </summary>
internal sealed class OrphanSweep(EntryStore store, EnvironmentClock clock)
{
    // As long as the longest invocation: what nobody came back for by then is not going to be resumed.
    private static readonly TimeSpan s_partialRetention = TimeSpan.FromMinutes(15);

    // So many files are looked through in a few milliseconds. More are left to the background, a batch at a time.
    private const int MaxAtOnce = 500;
    private const int BatchSize = 200;

    private readonly object _gate = new();
    private volatile bool _swept;

    public void RunOnce()
    {
        if (!_swept && store.Directory.HasAtMost(MaxAtOnce))
        {
            RunUnlessDone();
        }
    }

    /// <summary>
    /// Has the sweep done beside the caller, who needs no room: an environment that only reads gets rid of orphans as well.
    /// </summary>
    public void RunOnceInBackground()
    {
        if (!_swept)
        {
            _ = Task.Run(RunUnlessDone);
        }
    }

    /// <summary>Removes what could be resumed, too.</summary>
    public void RemoveEverything() => Run(keepsResumable: false);

    private void RunUnlessDone()
    {
        lock (_gate)
        {
            // Not counted while others commit all the time: the next use tries again.
            _swept = _swept || Run(keepsResumable: true);
        }
    }

    /// <summary>Sweeps now; false when somebody else sweeps or commits.</summary>
    private bool Run(bool keepsResumable)
    {
        try
        {
            store.Directory.Prepare();
            foreach (var batch in store.Directory.Names("*").Chunk(BatchSize))
            {
                using var exclusive = store.CommitLock.TryAcquireExclusive(TimeSpan.Zero);
                if (exclusive is null)
                {
                    return false;
                }

                foreach (var name in batch)
                {
                    Sweep(name, keepsResumable);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed("sweeping orphans", exception);
        }

        return true;
    }

    private void Sweep(string name, bool keepsResumable)
    {
        switch (name.AsSpan(0, Math.Min(name.Length, EntryNames.RecordPrefix.Length)))
        {
            case EntryNames.RecordPrefix
                when store.Records.Read(name) is not { } found || !File.Exists(store.PathOf(found.Record.DataName)):
                File.Delete(store.PathOf(name));
                break;
            case EntryNames.DataPrefix when RecordOf(name)?.DataName != name:
            case EntryNames.TemporaryPrefix:
            case EntryNames.LockPrefix:
            case EntryNames.RecordLockPrefix:
                TryRemove(name);
                break;
            case EntryNames.PartialPrefix:
                SweepPartial(name, keepsResumable);
                break;
            case EntryNames.HintPrefix
                when PartialFile.Noted(store.Directory, name[EntryNames.HintPrefix.Length..]) is not { } partial
                    || !File.Exists(store.PathOf(partial)):
                EntryStore.TryRemoveLink(store.PathOf(name));
                break;
        }
    }

    /// <summary>The record of the identity that a file's name tells.</summary>
    private EntryRecord? RecordOf(string name) => store.Records.Read(EntryNames.Record(EntryNames.HashOf(name).ToString()))?.Record;

    private void TryRemove(string name)
    {
        if (store.Directory.HasLocks || Age(name) >= s_partialRetention)
        {
            EntryStore.TryRemoveData(store.PathOf(name));
        }
    }

    private TimeSpan Age(string name) =>
        FileFacts.Of(store.PathOf(name)) is { } facts ? clock.TimeProvider.GetUtcNow().UtcDateTime - facts.LastWriteUtc : TimeSpan.Zero;

    private void SweepPartial(string name, bool keepsResumable)
    {
        using (var resumable = keepsResumable && store.Directory.HasLocks ? PartialFile.TryOpen(store.Directory, name) : null)
        {
            // Only the noted one is ever resumed: of two processes that fetched the same file, the later one noted its own.
            if (resumable is not null && Age(name) < s_partialRetention && resumable.Fetched > 0
                && PartialFile.Noted(store.Directory, EntryNames.HashOf(name).ToString()) == name
                && !(RecordOf(name) is { } record && IsSameVersion(record, resumable.Record)))
            {
                return;
            }
        }

        TryRemove(name);
    }

    private static bool IsSameVersion(EntryRecord one, EntryRecord other) =>
        one.Id == other.Id && one.Scheme == other.Scheme && one.EntityTag == other.EntityTag;
}
