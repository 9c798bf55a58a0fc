namespace WarmContext.LocalServices;

/// <summary>
/// Where tests and demos put what a function must be able to read, such as the certificate of its database: a function in a local execution
/// environment has a /tmp of its own where that is permitted, and doesn't see this machine's.
/// </summary>
public static class ScratchDirectory
{
    private const string OutsideOfTmp = "/var/tmp";

    /// <summary>The directory for such files; other users can read it.</summary>
    public static string Path { get; } = Directory.Exists(OutsideOfTmp) ? OutsideOfTmp : System.IO.Path.GetTempPath();

    /// <summary>A path below <see cref="Path"/> that nothing else uses. Nothing is created.</summary>
    /// <param name="prefix">What the name begins with.</param>
    public static string Unused(string prefix) => System.IO.Path.Combine(Path, $"{prefix}{Guid.NewGuid():N}");
}
