using System.Reflection;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Functions;

/// <summary>The function host, which this assembly carries as a resource so that it is found however the package is used. Written out once per process.</summary>
internal static class FunctionHostFile
{
    private const string Name = "WarmContext.Testing.FunctionHost.dll";

    private static readonly Lazy<string> s_path = new(Extract);

    public static string Path => s_path.Value;

    private static string Extract()
    {
        var path = System.IO.Path.Combine(ProcessGuardian.Current.Directory, Name);
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(Name)!;
        using var file = File.Create(path);
        resource.CopyTo(file);
        return path;
    }
}
