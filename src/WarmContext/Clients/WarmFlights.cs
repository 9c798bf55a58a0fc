namespace WarmContext;

/// <summary>Which holders' factories the calling code runs in.</summary>
internal static class WarmFlights
{
    /// <summary>The innermost attempt whose factory the calling code runs in; null outside factories.</summary>
    public static readonly AsyncLocal<IWarmFlight?> Producing = new();
}
