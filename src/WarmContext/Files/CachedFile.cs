using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace WarmContext;

/// <summary>
/// A lease on a whole, verified file of a <see cref="FileCache"/>. Until it is disposed the file stays at its path, also when it is evicted,
/// replaced by a newer version or invalidated meanwhile. Dispose it, or the file can never be removed.
/// </summary>
/// <remarks>Safe to use from several threads at once. Streams and handles opened from it may outlive it. Never write to the file.</remarks>
public sealed class CachedFile : IDisposable
{
    private readonly CachedEntry _entry;
    private readonly EnvironmentClock _clock;
    private int _disposed;

    /// <summary>Takes over one lease of the entry.</summary>
    internal CachedFile(CachedEntry entry, EnvironmentClock clock)
    {
        _entry = entry;
        _clock = clock;
    }

    /// <summary>What the file is called at its source.</summary>
    public FileId Id => _entry.Record.Id;

    /// <summary>Where the file is, an absolute path.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public string Path => Leased().DataPath;

    /// <summary>The file's length, in bytes.</summary>
    public long Length => _entry.Record.Length;

    /// <summary>The entity tag the source gave it, quotes included; null when it gave none.</summary>
    public string? EntityTag => _entry.Record.EntityTag;

    /// <summary>The version the source served; null when it has no versions.</summary>
    public string? Version => _entry.Record.SourceVersion;

    /// <summary>When the file was last changed at its source; null when the source doesn't tell.</summary>
    public DateTimeOffset? LastModified => _entry.Record.LastModified;

    /// <summary>How long ago the source last confirmed that this is its current version.</summary>
    public TimeSpan Age => _entry.Freshness.Age(_clock);

    internal CachedEntry Entry => _entry;

    /// <summary>Opens the file for reading, from its beginning.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public FileStream OpenRead() => new(Path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.Read | FileShare.Delete,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
    });

    /// <summary>Opens the file for <see cref="RandomAccess"/>.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public SafeFileHandle OpenHandle() => File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    /// <summary>Maps the file into memory, read-only.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    /// <exception cref="InvalidOperationException">The file is empty: there is nothing to map.</exception>
    public MemoryMappedFile OpenMemoryMapped()
    {
        if (Length == 0)
        {
            throw new InvalidOperationException($"{Id} is empty; an empty file can't be mapped into memory. Check {nameof(Length)} first, or use {nameof(OpenRead)}.");
        }

        var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            return MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the whole file as UTF-8 text.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<string> ReadAllTextAsync(CancellationToken cancellationToken = default) => File.ReadAllTextAsync(Path, cancellationToken);

    /// <summary>Ends the lease.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _entry.Release();
        }
    }

    private CachedEntry Leased()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return _entry;
    }
}
