namespace WarmContext.Files;

/// <summary>What a cache asks of its source.</summary>
public sealed class FileSourceRequest
{
    /// <summary>Asks for a file.</summary>
    /// <param name="id">The file.</param>
    public FileSourceRequest(FileId id) => Id = id;

    /// <summary>The file.</summary>
    public FileId Id { get; }

    /// <summary>Answer "not modified" when the file still has this entity tag; null asks without condition.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Fail with <see cref="FileCacheError.Changed"/> when the file has another entity tag; null asks without condition.</summary>
    public string? IfMatch { get; init; }

    /// <summary>The first byte wanted.</summary>
    /// <value>Default: 0.</value>
    public long Offset { get; init; }

    /// <summary>The number of bytes wanted; null asks for the whole file, and <see cref="Offset"/> is then 0.</summary>
    public long? Length { get; init; }

    /// <summary>The whole file's length, where an earlier answer of the same download has told it.</summary>
    internal long? KnownLength { get; init; }

    /// <summary>Its encoding, likewise.</summary>
    internal string? KnownEncoding { get; init; }
}
