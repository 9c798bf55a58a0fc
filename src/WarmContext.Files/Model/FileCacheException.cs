namespace WarmContext.Files;

/// <summary>A file could not be had. The message names the file, what went wrong and what to do.</summary>
public sealed class FileCacheException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">Why the file could not be had.</param>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause; null when there is none.</param>
    public FileCacheException(FileCacheError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Why the file could not be had.</summary>
    public FileCacheError Error { get; }

    /// <summary>True when the next attempt may succeed without any change of the function or its source.</summary>
    public bool IsTransient => Error is FileCacheError.Unreachable or FileCacheError.Unavailable or FileCacheError.Changed
        or FileCacheError.Corrupt or FileCacheError.Protocol or FileCacheError.Stalled or FileCacheError.TimedOut;

    /// <summary>The same for another waiter: an exception object must not be thrown on two threads at once.</summary>
    internal FileCacheException Copy() => new(Error, Message, InnerException ?? this);
}
