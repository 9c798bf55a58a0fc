using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WarmContext.Analyzers.Tests;

/// <summary>
/// What analyzed code is compiled against: the real BCL, AWSSDK.S3, Npgsql, OpenTelemetry, StackExchange.Redis, Microsoft.Data.SqlClient,
/// MongoDB.Driver, Grpc.Net.Client and WarmContext assemblies, and for those that can't be restored here (MySqlConnector, Grpc.Core.Api,
/// Amazon.Lambda.Annotations and .RuntimeSupport) signature-only contracts (Contracts/), which have their names and namespaces.
/// </summary>
internal static class References
{
    private static readonly string[] s_real =
    {
        "System", "Microsoft.CSharp", "Microsoft.Win32", "netstandard", "mscorlib", "AWSSDK.", "Npgsql", "Polly", "OpenTelemetry",
        "Microsoft.Extensions.", "Amazon.Lambda.Core",
    };

    private static readonly string[] s_libraries = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Libraries"), "*.dll");

    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_framework = new(() =>
        [
            .. LoadReal(path => s_real.Any(name => Named(path).StartsWith(name, StringComparison.Ordinal))),
            .. s_libraries.Select(static path => MetadataReference.CreateFromFile(path))
        ]);
    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_warmContext = new(
        () => LoadReal(path => Named(path) is "WarmContext" or "WarmContext.Npgsql"));
    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_contracts = new(CompileContracts);
    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_xunit = new(
        () => LoadReal(path => Named(path).StartsWith("xunit", StringComparison.Ordinal)));

    /// <summary>A function project that uses WarmContext.</summary>
    public static IReadOnlyList<MetadataReference> WithWarmContext { get; } =
    [
        .. s_framework.Value, .. s_warmContext.Value, .. s_contracts.Value
    ];

    /// <summary>A function project on plain .NET.</summary>
    public static IReadOnlyList<MetadataReference> Plain { get; } = [.. s_framework.Value, .. s_contracts.Value];

    public static IReadOnlyList<MetadataReference> TestProject { get; } = [.. WithWarmContext, .. s_xunit.Value];

    /// <summary>A project that has nothing to do with Lambda.</summary>
    public static IReadOnlyList<MetadataReference> NoLambda { get; } =
        [.. s_framework.Value.Where(static reference => !Named(reference.Display!).StartsWith("Amazon.Lambda", StringComparison.Ordinal))];

    private static string Named(string path) => Path.GetFileNameWithoutExtension(path);

    private static List<MetadataReference> LoadReal(Func<string, bool> wanted)
    {
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return trusted.Where(wanted).Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToList();
    }

    // Real assemblies refer to a strong name by its key.
    private static CSharpCompilationOptions Options(string contract)
    {
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary);
        var key = contract == "Grpc.Core.Api"
            ? AssemblyName.GetAssemblyName(s_libraries.Single(static path => Named(path) == "Grpc.Net.Client")).GetPublicKey()
            : null;
        return key is null ? options : options.WithCryptoPublicKey([.. key]).WithPublicSign(true);
    }

    private static List<MetadataReference> CompileContracts()
    {
        var references = new List<MetadataReference>();
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryPaths.Tests, "Contracts"), "*.cs").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var compilation = CSharpCompilation.Create(
                name,
                [CSharpSyntaxTree.ParseText(File.ReadAllText(file)), Sources.GlobalUsings(lambda: false)],
                [.. s_framework.Value, .. s_warmContext.Value],
                Options(name));
            using var stream = new MemoryStream();
            var result = compilation.Emit(stream);
            Assert.True(result.Success, name + ": " + string.Join("; ", result.Diagnostics));
            references.Add(MetadataReference.CreateFromImage(stream.ToArray(), filePath: name));
        }

        return references;
    }
}
