namespace WarmContext.Files;

/// <summary>
/// A source's answer. Dispose it to let go of the connection, also when the body was not read to its end.
/// </summary>
public sealed class FileSourceResponse : IDisposable
{
    private readonly IDisposable? _owner;

    /// <summary>Creates an answer.</summary>
    /// <param name="owner">Disposed with the answer, after its body; null when there is nothing else to dispose.</param>
    public FileSourceResponse(IDisposable? owner = null) => _owner = owner;

    /// <summary>True when the file still has the entity tag that the request names. Nothing else is set then.</summary>
    public bool NotModified { get; init; }

    /// <summary>The entity tag as the source writes it, quotes included; null when the source gives none.</summary>
    public string? EntityTag { get; init; }

    /// <summary>
    /// How the source says that the bytes are encoded, such as <c>gzip</c>; null when it doesn't say. They are kept as they come. Ranges of
    /// one file must agree on it.
    /// </summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The version that the source served; null when the source has no versions.</summary>
    public string? Version { get; init; }

    /// <summary>When the file was last changed at its source; null when the source doesn't tell.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>The whole file's length, in bytes.</summary>
    public long TotalLength { get; init; }

    /// <summary>The place in the file of the body's first byte.</summary>
    public long Offset { get; init; }

    /// <summary>The body's length, in bytes.</summary>
    public long Length { get; init; }

    /// <summary>Checksums of the whole file. Those of a range don't belong here.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<FileChecksum> Checksums { get; init; } = [];

    /// <summary>The body. The answer disposes it.</summary>
    /// <value>Default: an empty stream.</value>
    public Stream Body { get; init; } = Stream.Null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Body.Dispose();
        _owner?.Dispose();
    }
}
