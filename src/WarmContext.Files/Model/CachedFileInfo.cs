namespace WarmContext.Files;

/// <summary>One file of a cache, as the cache's directory has it.</summary>
public sealed class CachedFileInfo
{
    /// <summary>The file's name at its source.</summary>
    public required FileId Id { get; init; }

    /// <summary>The file's length, in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The entity tag that the source gave the file; null when it gave none.</summary>
    public string? EntityTag { get; init; }

    /// <summary>When the source last confirmed that this is the current version.</summary>
    public required DateTimeOffset Confirmed { get; init; }

    /// <summary>When the file was last used, to half a minute.</summary>
    public required DateTimeOffset LastUsed { get; init; }

    /// <summary>The number of leases that this process holds.</summary>
    public int Leases { get; init; }
}
