namespace WarmContext.Files.Storage;

/// <summary>
/// What a record in the cache directory says of one file: its whole identity, and which data file holds it. The record's own last-write
/// time is when its source last confirmed it. Never changed once written; a new version is a new record renamed over it.
/// </summary>
internal sealed record EntryRecord
{
    public required string Scheme { get; init; }

    public required FileId Id { get; init; }

    public required string DataName { get; init; }

    public required long Length { get; init; }

    public string? EntityTag { get; init; }

    public string? ContentEncoding { get; init; }

    public string? SourceVersion { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Computed over the whole file when it was fetched.</summary>
    public FileChecksum? Checksum { get; init; }

    /// <summary>What the source says of the whole file; kept with a partial file until it can be compared.</summary>
    public IReadOnlyList<FileChecksum> Expected { get; init; } = [];

    /// <summary>The system's boot the data was written under: without a flush to the disk, another boot need not have it whole.</summary>
    public string BootId { get; init; } = string.Empty;
}
