namespace WarmContext.Files;

/// <summary>What a cache holds at a moment.</summary>
/// <param name="Directory">Its directory.</param>
/// <param name="Capacity">The most bytes it may hold.</param>
/// <param name="Used">The bytes it holds, downloads under way included.</param>
/// <param name="Files">Its files, of every process that shares the directory.</param>
public sealed record FileCacheStatus(string Directory, long Capacity, long Used, IReadOnlyList<CachedFileInfo> Files);
