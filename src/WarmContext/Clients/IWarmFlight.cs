namespace WarmContext;

/// <summary>An attempt of any holder, to find out whether a factory waits for itself.</summary>
internal interface IWarmFlight
{
    /// <summary>The attempt whose factory began this one.</summary>
    IWarmFlight? Parent { get; }
}
