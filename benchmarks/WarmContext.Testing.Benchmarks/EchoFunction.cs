namespace WarmContext.Testing.Benchmarks;

/// <summary>
/// The function whose start and round trip are measured. It is in this assembly, so that the same assembly can be started plainly.
/// </summary>
public static class EchoFunction
{
    /// <summary>Returns its event.</summary>
    public static Stream Handle(Stream input) => input;
}
