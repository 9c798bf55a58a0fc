using System.Collections.Concurrent;

namespace WarmContext.Files.Storage;

/// <summary>What one look through the cache directory has found: how much it holds, and what was used least recently.</summary>
internal sealed class DirectoryScan
{
    // So few are looked through in milliseconds, each time room is needed.
    private const int SmallDirectory = 500;

    // Of a larger one so many are remembered until they have been evicted.
    private const int MaxRemembered = 4096;

    private DirectoryScan(ClockReading begun, TimeSpan duration, long used, int files, Queue<Candidate> oldest)
    {
        Begun = begun;
        Duration = duration;
        Used = used;
        IsSmall = files <= SmallDirectory;
        Oldest = oldest;
    }

    /// <summary>Before the first one.</summary>
    public static DirectoryScan None { get; } = new(default, TimeSpan.Zero, 0, int.MaxValue, []);

    public ClockReading Begun { get; }

    public TimeSpan Duration { get; }

    /// <summary>Bytes of whole files on disk, and of downloads under way.</summary>
    public long Used { get; }

    /// <summary>True when another look costs next to nothing.</summary>
    public bool IsSmall { get; }

    /// <summary>What to evict, in this order: what could be resumed, and then what was used least recently.</summary>
    public Queue<Candidate> Oldest { get; }

    /// <summary>Looks through the directory. Entries in memory whose file is gone are dropped, with what was parsed from them.</summary>
    public static DirectoryScan Run(EntryStore store, ConcurrentDictionary<FileId, CachedEntry> index, EnvironmentClock clock)
    {
        var begun = clock.Read();
        var known = new Dictionary<string, CachedEntry>(StringComparer.Ordinal);
        foreach (var (id, entry) in index)
        {
            entry.CountParsedUse();
            known[entry.Record.DataName] = entry;
            if (FileFacts.Of(entry.DataPath) is null && entry.Leases == 0)
            {
                index.TryRemove(KeyValuePair.Create(id, entry));
            }
        }

        var files = store.Directory.StoredFiles();

        // The greatest first, so that it makes room for a smaller one.
        var oldest = new PriorityQueue<Candidate, Candidate>(Comparer<Candidate>.Create(static (one, other) => other.CompareTo(one)));
        foreach (var file in files)
        {
            var candidate = new Candidate(file, known.GetValueOrDefault(file.Name));
            if (oldest.Count < MaxRemembered)
            {
                oldest.Enqueue(candidate, candidate);
            }
            else
            {
                oldest.EnqueueDequeue(candidate, candidate);
            }
        }

        var order = new Candidate[oldest.Count];
        for (var i = order.Length - 1; i >= 0; i--)
        {
            order[i] = oldest.Dequeue();
        }

        return new DirectoryScan(
            begun, clock.ElapsedSince(begun), files.Sum(static file => file.Length), files.Count, new Queue<Candidate>(order));
    }

    /// <summary>
    /// A file that may be evicted. This process knows its own uses exactly; of others' it knows the time noted on the file.
    /// </summary>
    internal sealed class Candidate(CacheDirectory.StoredFile file, CachedEntry? entry) : IComparable<Candidate>
    {
        private readonly DateTime _usedUtc = LastUsedUtc(file.LastWriteUtc, entry);
        private readonly long _use = entry?.LastUse ?? 0;

        public CacheDirectory.StoredFile File => file;

        public CachedEntry? Entry => entry;

        /// <summary>True when it was used since the look, or is gone.</summary>
        public bool WasUsed(EntryStore store)
        {
            entry?.CountParsedUse();
            return FileFacts.Of(store.PathOf(file.Name)) is not { } facts
                || (!file.IsPartial && LastUsedUtc(facts.LastWriteUtc, entry) > _usedUtc);
        }

        public int CompareTo(Candidate? other)
        {
            if (other is null || file.IsPartial != other.File.IsPartial)
            {
                return file.IsPartial ? -1 : 1;
            }

            var byTime = _usedUtc.CompareTo(other._usedUtc);
            return byTime != 0 ? byTime : _use.CompareTo(other._use);
        }

        private static DateTime LastUsedUtc(DateTime noted, CachedEntry? entry) =>
            entry is not null && entry.LastUsedUtc > noted ? entry.LastUsedUtc : noted;
    }
}
