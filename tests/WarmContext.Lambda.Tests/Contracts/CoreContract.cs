using System.Reflection;
using System.Runtime.Loader;
using WarmContext.TestSupport;

namespace WarmContext.Lambda.Tests.Contracts;

/// <summary>
/// A build contract of Amazon.Lambda.Core, loaded with a WarmContext.Lambda of its own beside it, as a function has them.
/// </summary>
internal sealed class CoreContract : AssemblyLoadContext
{
    private readonly Dictionary<string, string> _files;

    private CoreContract(string name, string core)
        : base(name)
    {
        var beside = Path.GetDirectoryName(typeof(WarmHandler).Assembly.Location)!;
        _files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Amazon.Lambda.Core"] = core,
            ["WarmContext"] = Path.Combine(beside, "WarmContext.dll"),
            ["WarmContext.Lambda"] = Path.Combine(beside, "WarmContext.Lambda.dll"),
        };
    }

    public Assembly Core => LoadFromAssemblyName(new AssemblyName("Amazon.Lambda.Core"));

    public Assembly Lambda => LoadFromAssemblyName(new AssemblyName("WarmContext.Lambda"));

    /// <summary>The contract in a folder of eng/contracts, as this build made it.</summary>
    public static CoreContract Load(string folder) => new(folder, Path.Combine(
        RepositoryFiles.Root, "eng", "contracts", folder, "bin", Configuration, "net10.0", "Amazon.Lambda.Core.dll"));

    public static string Listing(string folder) => Path.Combine(RepositoryFiles.Root, "eng", "contracts", folder, "PublicApi.txt");

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is { } name && _files.TryGetValue(name, out var file) ? LoadFromAssemblyPath(file) : null;

    private static string Configuration =>
        typeof(CoreContract).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
}
