namespace WarmContext.Lambda.AfterResponse;

/// <summary>The Extensions API refused a call.</summary>
/// <param name="status">Its status.</param>
/// <param name="message">What it said.</param>
internal sealed class ExtensionRefusedException(int status, string message) : IOException(message)
{
    /// <summary>True when Init, in which extensions register, is over.</summary>
    public bool IsTooLate => status == 403;

    /// <summary>True when there is no such API: the Runtime API is an emulator's without extensions.</summary>
    public bool HasNoExtensions => status is 404 or 405 or 501;
}
