namespace WarmContext.Files;

/// <summary>What a cache asks of its source.</summary>
/// <param name="Id">The file.</param>
public readonly record struct FileSourceRequest(FileId Id)
{
    /// <summary>Answer "not modified" when the file still has this entity tag; null asks without condition.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Fail with <see cref="FileCacheError.Changed"/> when the file has another entity tag; null asks without condition.</summary>
    public string? IfMatch { get; init; }

    /// <summary>The first byte wanted.</summary>
    public long Offset { get; init; }

    /// <summary>How many bytes are wanted; null asks for the whole file, and <see cref="Offset"/> is then 0.</summary>
    public long? Length { get; init; }
}
