namespace WarmContext.Files;

/// <summary>A source's answer. Dispose it to let go of the connection, also when the body was not read to its end.</summary>
public sealed class FileSourceResponse : IDisposable
{
    private readonly IDisposable? _owner;

    /// <summary>Creates an answer.</summary>
    /// <param name="owner">Disposed with the answer.</param>
    public FileSourceResponse(IDisposable? owner = null) => _owner = owner;

    /// <summary>True when the file still has the entity tag asked about; nothing else is then set.</summary>
    public bool NotModified { get; init; }

    /// <summary>The entity tag as the source writes it, quotes included; null when the source gives none.</summary>
    public string? EntityTag { get; init; }

    /// <summary>The version that was served; null when the source has no versions.</summary>
    public string? Version { get; init; }

    /// <summary>When the file was last changed at its source; null when the source doesn't tell.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>The whole file's length, in bytes.</summary>
    public long TotalLength { get; init; }

    /// <summary>The first byte of the body in the file.</summary>
    public long Offset { get; init; }

    /// <summary>The body's length, in bytes.</summary>
    public long Length { get; init; }

    /// <summary>Checksums of the whole file. Those of a range don't belong here.</summary>
    public IReadOnlyList<FileChecksum> Checksums { get; init; } = [];

    /// <summary>The body.</summary>
    public Stream Body { get; init; } = Stream.Null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Body.Dispose();
        _owner?.Dispose();
    }
}
