using System.Runtime.InteropServices;

namespace WarmContext.Testing.Functions;

/// <summary>The dotnet program that functions are started with.</summary>
internal static class DotNetHost
{
    /// <summary>The directory of the .NET installation that runs this process; null when it is self-contained.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>Its dotnet program; whatever PATH has where this process is self-contained.</summary>
    public static string Program { get; } = Root is null ? "dotnet" : Path.Combine(Root, "dotnet");

    private static string? FindRoot()
    {
        // {root}/shared/Microsoft.NETCore.App/{version}/
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return File.Exists(Path.Combine(root, "dotnet")) ? root : Environment.GetEnvironmentVariable("DOTNET_ROOT");
    }
}
