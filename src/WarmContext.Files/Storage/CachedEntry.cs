using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace WarmContext.Files.Storage;

/// <summary>
/// One version of a file on disk, as this process knows it. Counts its leases; while there is one, the data file is held open and under a
/// shared lock, so that neither this process nor another removes it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The handle lives as long as the leases do, and is disposed with the last of them.")]
internal sealed class CachedEntry
{
    // Rewriting the time on disk at every use would cost a system call; other processes need it only roughly.
    private static readonly TimeSpan s_touchInterval = TimeSpan.FromSeconds(30);
    private static long s_uses;

    private readonly object _gate = new();
    private readonly EntryStore _store;
    private volatile Freshness _freshness;
    private volatile ParsedValue? _parsed;
    private volatile Freshness? _failed;
    private volatile bool _isDenied;
    private volatile bool _parsedUse;
    private SafeFileHandle? _handle;
    private long _lastUse;
    private DateTime _touchedUtc;
    private int _leases;
    private bool _retired;

    public CachedEntry(EntryStore store, EntryRecord record, string hash, Freshness freshness)
    {
        _store = store;
        Record = record;
        Hash = hash;
        DataPath = store.PathOf(record.DataName);
        _freshness = freshness;
    }

    public EntryRecord Record { get; }

    public string Hash { get; }

    public string DataPath { get; }

    public Freshness Freshness => _freshness;

    /// <summary>When the source last failed to confirm this version; null when it didn't since.</summary>
    public Freshness? Failed => _failed;

    /// <summary>True when the source has denied access since it last confirmed this version, and no copy may be served then.</summary>
    public bool IsDenied => _isDenied;

    /// <summary>The head of the list of objects parsed from this version.</summary>
    public ParsedValue? Parsed => _parsed;

    /// <summary>The order of uses in this process; times alone may be equal.</summary>
    public long LastUse => Volatile.Read(ref _lastUse);

    public DateTime LastUsedUtc { get; private set; }

    /// <summary>
    /// The object parsed from it was served. Read at the next eviction alone, since such a hit takes less time than reading a clock.
    /// </summary>
    public void NoteParsedUse() => _parsedUse = true;

    /// <summary>Turns uses of the parsed object, if there were any, into a use of now.</summary>
    public void CountParsedUse()
    {
        if (_parsedUse)
        {
            _parsedUse = false;
            NoteUse();
        }
    }

    /// <summary>The source says that this version is current.</summary>
    public void Confirm(Freshness freshness)
    {
        _freshness = freshness;
        _failed = null;
        _isDenied = false;
    }

    /// <summary>The source could not be asked, or refused.</summary>
    public void NoteFailure(Freshness failed, bool denied)
    {
        _failed = failed;
        _isDenied |= denied;
    }

    /// <summary>True when nobody may find it any more.</summary>
    public bool IsRetired => Volatile.Read(ref _retired);

    public int Leases
    {
        get
        {
            lock (_gate)
            {
                return _leases;
            }
        }
    }

    /// <summary>Takes a lease; false when the file is gone, or being removed by somebody.</summary>
    public bool TryLease()
    {
        lock (_gate)
        {
            if (_leases > 0)
            {
                // Somebody may have cleared the temporary directory: then the path leads nowhere.
                var isThere = FileFacts.HasName(_handle!, DataPath);
                _leases += isThere ? 1 : 0;
                return isThere;
            }

            if (_retired || _store.TryOpenData(this) is not { } handle)
            {
                return false;
            }

            NoteUse();

            _handle = handle;
            _leases = 1;
            return true;
        }
    }

    /// <summary>Takes one more lease beside one that is held.</summary>
    public void AddLease()
    {
        lock (_gate)
        {
            _leases++;
        }
    }

    /// <summary>A path to the file that a lease holds open, also when it has lost its name; null where there is no such path.</summary>
    public string? OpenFilePath
    {
        get
        {
            lock (_gate)
            {
                return OperatingSystem.IsLinux() && _handle is { } handle ? $"/proc/self/fd/{handle.DangerousGetHandle()}" : null;
            }
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            if (--_leases > 0)
            {
                return;
            }

            _handle!.Dispose();
            _handle = null;
            if (_retired)
            {
                EntryStore.TryRemoveData(DataPath);
            }
        }
    }

    /// <summary>Takes the entry out of use: it is leased no more, and its data goes with the last lease there is.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            if (!_retired)
            {
                _retired = true;
                if (_leases == 0)
                {
                    EntryStore.TryRemoveData(DataPath);
                }
            }
        }
    }

    /// <summary>Removes the entry from the disk unless somebody holds a lease, here or in another process.</summary>
    public bool TryEvict()
    {
        lock (_gate)
        {
            if (_retired || _leases > 0 || !_store.TryRemove(Hash, Record.DataName))
            {
                return false;
            }

            _retired = true;
            return true;
        }
    }

    /// <summary>Counts as a use, as a lease does.</summary>
    public void NoteUse()
    {
        Volatile.Write(ref _lastUse, Interlocked.Increment(ref s_uses));
        LastUsedUtc = _store.Clock.TimeProvider.GetUtcNow().UtcDateTime;
        if (LastUsedUtc - _touchedUtc > s_touchInterval)
        {
            _touchedUtc = LastUsedUtc;
            _store.Touch(DataPath, LastUsedUtc);
        }
    }

    /// <summary>Gives the object parsed from this version, and parses it if nobody has; callers wait for one another.</summary>
    public ValueTask<T> ParseOnceAsync<T>(
        Loading loading, Func<CancellationToken, ValueTask<T>> parse, CancellationToken cancellationToken)
    {
        ParsedValue<T>? value;
        lock (_gate)
        {
            value = ParsedValue<T>.Find(_parsed);
            if (value is null)
            {
                _parsed = value = new ParsedValue<T>(_parsed);
            }
        }

        return value.GetAsync(loading, parse, cancellationToken);
    }
}
