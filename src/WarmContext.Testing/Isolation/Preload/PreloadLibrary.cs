using System.Reflection;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Isolation.Preload;

/// <summary>
/// The library that is preloaded into functions that are audited or travel in time: compiled from the C source that this assembly carries,
/// once per process, where there is a compiler. It isn't carried compiled, because it has to fit the machine's C library.
/// </summary>
internal static class PreloadLibrary
{
    private const string Source = "WarmContext.Testing.Preload.preload.c";

    private static readonly Lazy<(string? Path, string? Problem)> s_compiled = new(Compile);

    /// <summary>The library's path; null when it can't be had.</summary>
    public static string? Path => s_compiled.Value.Path;

    /// <summary>Why it can't be had.</summary>
    public static string? Problem => s_compiled.Value.Problem;

    private static (string? Path, string? Problem) Compile()
    {
        var source = System.IO.Path.Combine(ProcessGuardian.Current.Directory, "preload.c");
        using (var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(Source)!)
        using (var file = File.Create(source))
        {
            resource.CopyTo(file);
        }

        var library = System.IO.Path.ChangeExtension(source, ".so");
        string? problem = null;
        foreach (var compiler in (string[])["cc", "gcc", "clang"])
        {
            problem = Tool.TryRun(compiler, "-O2", "-fPIC", "-shared", "-o", library, source, "-ldl", "-lpthread");
            if (problem is null)
            {
                return (library, null);
            }
        }

        return (null, $"no C compiler (cc, gcc or clang) could make the library that is preloaded into the function: {problem}");
    }
}
