namespace WarmContext.Testing;

/// <summary>A file of the deployment package.</summary>
/// <param name="Path">Its path within the package.</param>
/// <param name="Bytes">Its size in bytes, not compressed.</param>
/// <param name="IsAssembly">True for a .NET assembly.</param>
/// <param name="IsReadyToRun">True for an assembly that holds machine code, so that less has to be compiled in Init.</param>
/// <param name="IsDebugBuild">True for an assembly built without optimization.</param>
public sealed record PackageFile(string Path, long Bytes, bool IsAssembly, bool IsReadyToRun, bool IsDebugBuild);
