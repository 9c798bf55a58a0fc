namespace WarmContext.Files;

/// <summary>One file of a cache, as its directory has it.</summary>
/// <param name="Id">What it is called at its source.</param>
/// <param name="Length">Its length, in bytes.</param>
/// <param name="EntityTag">The entity tag its source gave it.</param>
/// <param name="Confirmed">When its source last confirmed it.</param>
/// <param name="LastUsed">About when it was last used, to half a minute.</param>
/// <param name="Leases">How many leases this process holds.</param>
public sealed record CachedFileInfo(FileId Id, long Length, string? EntityTag, DateTimeOffset Confirmed, DateTimeOffset LastUsed, int Leases);
