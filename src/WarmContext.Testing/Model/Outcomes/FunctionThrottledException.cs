using System.Globalization;

namespace WarmContext.Testing;

/// <summary>
/// All environments of a fleet are busy, and there may be no more: what Lambda answers with 429 TooManyRequestsException.
/// </summary>
public sealed class FunctionThrottledException : Exception
{
    internal FunctionThrottledException(string functionName, int maxEnvironments)
        : base(string.Create(CultureInfo.InvariantCulture, $"Rate Exceeded. All {maxEnvironments} environments of {functionName} are busy; raise {nameof(LocalFleetOptions)}.{nameof(LocalFleetOptions.MaxEnvironments)}."))
    {
    }
}
