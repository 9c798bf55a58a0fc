using System.Reflection;
using System.Runtime.InteropServices;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Functions;

/// <summary>
/// The function host, which this assembly carries as resources so that it is found however the package is used: compiled ahead of time for
/// x64, and as IL for other processors. Each is written out once per process.
/// </summary>
internal static class FunctionHostFile
{
    private const string Name = "WarmContext.Testing.FunctionHost";

    private static readonly Lazy<string> s_compiled = new(static () => Extract("linux-x64", Name + ".linux-x64.dll"));
    private static readonly Lazy<string> s_portable = new(static () => Extract("any", Name + ".dll"));

    /// <summary>The framework that the host needs: a function that targets an older one runs on this.</summary>
    public const int MajorVersion = 10;

    /// <summary>The host for this machine's processor.</summary>
    public static string Path => PathFor(RuntimeInformation.ProcessArchitecture);

    /// <summary>The host for a processor.</summary>
    public static string PathFor(Architecture architecture) => architecture == Architecture.X64 ? s_compiled.Value : s_portable.Value;

    private static string Extract(string form, string resourceName)
    {
        var directory = Directory.CreateDirectory(System.IO.Path.Combine(ProcessGuardian.Current.Directory, form));
        var path = System.IO.Path.Combine(directory.FullName, Name + ".dll");
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(resourceName)!;
        using var file = File.Create(path);
        resource.CopyTo(file);
        return path;
    }
}
