using System.Collections.Concurrent;
using WarmContext.Files.Storage;

namespace WarmContext.Files.Refreshing;

/// <summary>
/// Remembers for a short time which files their source didn't have, so that a loop over missing files costs one request each.
/// </summary>
internal sealed class NotFoundMemory(FileCacheOptions options)
{
    // Keys may come from users: what is remembered must not grow with them.
    private const int MaxRemembered = 1024;

    private readonly ConcurrentDictionary<FileId, Entry> _missing = new();
    private readonly EnvironmentClock _clock = options.Environment.Clock;

    public FileCacheException? Find(FileId id)
    {
        if (_missing.IsEmpty || !_missing.TryGetValue(id, out var entry))
        {
            return null;
        }

        if (entry.Asked.Age(_clock) < options.NotFoundAge)
        {
            return entry.Exception.Copy();
        }

        _missing.TryRemove(KeyValuePair.Create(id, entry));
        return null;
    }

    /// <summary>False when nothing is to be remembered.</summary>
    public bool Add(FileId id, Freshness asked, FileCacheException exception)
    {
        if (options.NotFoundAge <= TimeSpan.Zero)
        {
            return false;
        }

        if (_missing.Count >= MaxRemembered)
        {
            _missing.Clear();
        }

        _missing[id] = new Entry(asked, exception);
        return true;
    }

    public void Remove(FileId id) => _missing.TryRemove(id, out _);

    public void Clear() => _missing.Clear();

    private sealed record Entry(Freshness Asked, FileCacheException Exception);
}
