namespace WarmContext.LocalServices;

/// <summary>A server that a test or sample needs cannot be had. The message says which, why, and what to do.</summary>
public sealed class LocalServiceException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public LocalServiceException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public LocalServiceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public LocalServiceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
