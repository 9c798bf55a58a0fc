namespace WarmContext.Files;

/// <summary>Why a file could not be had.</summary>
public enum FileCacheError
{
    /// <summary>The cause is another one; the inner exception has it.</summary>
    Other = 0,

    /// <summary>The source has no such file, or no such version of it.</summary>
    NotFound,

    /// <summary>The source has no such container (bucket).</summary>
    ContainerNotFound,

    /// <summary>The source refuses access.</summary>
    AccessDenied,

    /// <summary>There are no credentials, or the source doesn't accept them.</summary>
    NoCredentials,

    /// <summary>The source can't be reached.</summary>
    Unreachable,

    /// <summary>The source failed for the moment, or asked to slow down, too often.</summary>
    Unavailable,

    /// <summary>The file changed at the source while it was fetched, more than once.</summary>
    Changed,

    /// <summary>The bytes that came have another length or checksum than the source says.</summary>
    Corrupt,

    /// <summary>The source's answer doesn't fit the request.</summary>
    Protocol,

    /// <summary>The body stopped coming for too long.</summary>
    Stalled,

    /// <summary>The invocation's time ran out.</summary>
    TimedOut,

    /// <summary>There is no room on the disk.</summary>
    DiskFull,

    /// <summary>The cache directory can't be used.</summary>
    Directory,
}
