namespace WarmContext.Files.Download;

/// <summary>
/// The file doesn't fit the cache, or the disk can't be written to; its callers read it straight from the source. Never leaves the library.
/// </summary>
internal sealed class NoRoomException(Exception? cause = null) : Exception(null, cause);
