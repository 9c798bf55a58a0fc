using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Functions;

/// <summary>
/// The function host, which this assembly carries as resources so that it is found however the package is used: for the oldest supported framework, and, compiled ahead
/// of time for x64, for the newest. Each is written out once per process.
/// </summary>
internal static class FunctionHostFile
{
    private const string Name = "WarmContext.Testing.FunctionHost";
    private const int Oldest = 8;
    private const int Newest = 10;

    private static readonly ConcurrentDictionary<int, Lazy<string>> s_paths = [];

    /// <summary>The host for a framework.</summary>
    /// <param name="majorVersion">The framework's version.</param>
    public static string PathFor(int majorVersion) =>
        s_paths.GetOrAdd(
            majorVersion >= Newest && RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Newest : Oldest,
            static version => new Lazy<string>(() => Extract(version))).Value;

    private static string Extract(int version)
    {
        var directory = Directory.CreateDirectory(Path.Combine(ProcessGuardian.Current.Directory, string.Create(CultureInfo.InvariantCulture, $"net{version}.0")));
        var path = Path.Combine(directory.FullName, Name + ".dll");
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(string.Create(CultureInfo.InvariantCulture, $"{Name}.net{version}.0.dll"))!;
        using var file = File.Create(path);
        resource.CopyTo(file);
        return path;
    }
}
