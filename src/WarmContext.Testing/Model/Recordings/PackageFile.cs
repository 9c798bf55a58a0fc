namespace WarmContext.Testing;

/// <summary>A file of the deployment package.</summary>
public sealed class PackageFile
{
    /// <summary>The file's path within the package.</summary>
    public required string Path { get; init; }

    /// <summary>The file's size in bytes, not compressed.</summary>
    public required long Bytes { get; init; }

    /// <summary>True for a .NET assembly.</summary>
    public bool IsAssembly { get; init; }

    /// <summary>True for an assembly that holds machine code, so that less has to be compiled in Init.</summary>
    public bool IsReadyToRun { get; init; }

    /// <summary>True for an assembly built without optimization.</summary>
    public bool IsDebugBuild { get; init; }
}
