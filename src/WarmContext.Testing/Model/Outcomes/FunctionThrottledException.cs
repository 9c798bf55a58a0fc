using System.Globalization;

namespace WarmContext.Testing;

/// <summary>
/// Thrown when all environments of a fleet are busy, and there may be no more. Lambda answers 429 TooManyRequestsException then.
/// </summary>
public sealed class FunctionThrottledException : Exception
{
    internal FunctionThrottledException(string functionName, int maxEnvironments)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"Rate Exceeded. All {maxEnvironments} environments of {functionName} are busy; raise " +
            $"{nameof(LocalFleetOptions)}.{nameof(LocalFleetOptions.MaxEnvironments)}."))
    {
    }
}
