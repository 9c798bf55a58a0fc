namespace WarmContext.Files;

/// <summary>What a cache holds at one moment.</summary>
public sealed class FileCacheStatus
{
    /// <summary>The cache's directory, an absolute path.</summary>
    public required string Directory { get; init; }

    /// <summary>The largest number of bytes that the cache may hold.</summary>
    public required long Capacity { get; init; }

    /// <summary>The number of bytes that the cache holds, downloads under way included.</summary>
    public required long Used { get; init; }

    /// <summary>The files of every process that shares the directory.</summary>
    public required IReadOnlyList<CachedFileInfo> Files { get; init; }
}
