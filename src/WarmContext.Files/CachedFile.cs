using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using WarmContext.Files.Download;
using WarmContext.Files.Sources;
using WarmContext.Files.Storage;

namespace WarmContext.Files;

/// <summary>
/// A lease on a whole, verified file of a <see cref="FileCache"/>. The file stays at its path until the lease is disposed, also when it is
/// evicted, replaced or invalidated meanwhile. A lease that is never disposed keeps its file for good.
/// </summary>
/// <remarks>Safe to use from several threads at once. Streams and handles opened from it may outlive it. Never write to the file.</remarks>
public sealed class CachedFile : IDisposable
{
    private readonly CachedEntry? _entry;
    private readonly EnvironmentClock? _clock;
    private readonly FileSourceResponse? _response;
    private readonly string? _description;
    private readonly FileCacheOptions? _options;
    private int _disposed;
    private int _streamed;

    /// <summary>Takes over one lease of the entry.</summary>
    internal CachedFile(CachedEntry entry, EnvironmentClock clock)
    {
        _entry = entry;
        _clock = clock;
        Id = entry.Record.Id;
    }

    /// <summary>Takes over an answer of the source, of a file that has no room in the cache.</summary>
    internal CachedFile(FileId id, FileSourceResponse response, string description, FileCacheOptions options)
    {
        _options = options;
        Id = id;
        _response = response;
        _description = description;
    }

    /// <summary>The file's name at its source.</summary>
    public FileId Id { get; }

    /// <summary>
    /// True when the file has no room in the cache, for instance because it is larger than <see cref="FileCacheOptions.Capacity"/>. Such a
    /// file is on no disk, and <see cref="OpenRead"/> reads it once, straight from its source.
    /// </summary>
    public bool IsPassThrough => _entry is null;

    /// <summary>The file's absolute path.</summary>
    /// <exception cref="InvalidOperationException">The file has no room in the cache (<see cref="IsPassThrough"/>).</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public string Path => Leased().DataPath;

    /// <summary>The file's length, in bytes.</summary>
    public long Length => _entry?.Record.Length ?? _response!.TotalLength;

    /// <summary>The entity tag that the source gave the file, quotes included; null when it gave none.</summary>
    public string? EntityTag => _entry is null ? _response!.EntityTag : _entry.Record.EntityTag;

    /// <summary>The version that the source served; null when it has no versions.</summary>
    public string? Version => _entry is null ? _response!.Version : _entry.Record.SourceVersion;

    /// <summary>When the file was last changed at its source; null when the source doesn't tell.</summary>
    public DateTimeOffset? LastModified => _entry is null ? _response!.LastModified : _entry.Record.LastModified;

    /// <summary>The time since the source last confirmed that this is its current version.</summary>
    public TimeSpan Age => _entry?.Freshness.Age(_clock!) ?? TimeSpan.Zero;

    internal CachedEntry? Entry => _entry;

    /// <summary>
    /// Opens the file for reading, from its beginning. One that has no room in the cache can be opened once; it is verified at its end, so
    /// read it to there before trusting it. A read that gets nothing for <see cref="FileCacheOptions.IdleTimeout"/> throws.
    /// </summary>
    /// <exception cref="InvalidOperationException">A file that has no room in the cache was opened before.</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Stream OpenRead()
    {
        if (_entry is not null)
        {
            return Open(static path => new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            }));
        }

        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return Interlocked.Exchange(ref _streamed, 1) == 0
            ? new PassThroughStream(_response!, _description!, _options!)
            : throw new InvalidOperationException(
                $"{_description} has no room in the cache and was read from its source already; get it anew to read it again.");
    }

    /// <summary>Opens the file for <see cref="RandomAccess"/>.</summary>
    /// <exception cref="InvalidOperationException">The file has no room in the cache (<see cref="IsPassThrough"/>).</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public SafeFileHandle OpenHandle() =>
        Open(static path => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));

    /// <summary>Maps the file into memory, read-only.</summary>
    /// <exception cref="InvalidOperationException">The file is empty, or has no room in the cache
    /// (<see cref="IsPassThrough"/>).</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public MemoryMappedFile OpenMemoryMapped()
    {
        if (Length == 0)
        {
            throw new InvalidOperationException(
                $"{Id} is empty; an empty file can't be mapped into memory. Check {nameof(Length)} first, or use {nameof(OpenRead)}.");
        }

        var stream = Open(static path => new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0));
        try
        {
            return MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the whole file as UTF-8 text.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<string> ReadAllTextAsync(CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(OpenRead());
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the lease.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _entry?.Release();
            if (_streamed == 0 && _response is not null)
            {
                ResponseBody.Close(_response);
            }
        }
    }

    /// <summary>By the path, or by the file that the lease holds open when somebody has removed the directory.</summary>
    private T Open<T>(Func<string, T> open)
    {
        try
        {
            return open(Path);
        }
        catch (Exception exception) when (
            exception is FileNotFoundException or DirectoryNotFoundException && _entry?.OpenFilePath is not null)
        {
            return open(_entry.OpenFilePath);
        }
    }

    private CachedEntry Leased()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return _entry ?? throw new InvalidOperationException(
            $"{_description} ({Length:N0} bytes) has no room in the cache, so there is no file of it. Raise " +
                $"{nameof(FileCacheOptions)}.{nameof(FileCacheOptions.Capacity)} and the function's ephemeral storage, or read it with " +
                    $"{nameof(OpenRead)}.");
    }
}
