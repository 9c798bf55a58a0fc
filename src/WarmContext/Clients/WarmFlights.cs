namespace WarmContext;

/// <summary>Which holders' factories the calling code runs in.</summary>
internal static class WarmFlights
{
    private static readonly AsyncLocal<IWarmFlight?> s_producing = new();

    /// <summary>The innermost attempt whose factory the calling code runs in; null outside factories.</summary>
    public static IWarmFlight? Producing
    {
        get => s_producing.Value;
        set => s_producing.Value = value;
    }
}
