using WarmContext.LocalServices;
using WarmContext.Testing;

namespace WarmContext.Report.Experiments;

/// <summary>The echo functions of benchmarks/EchoFunction.</summary>
internal static class EchoForm
{
    public const string Payload = """{"id":1}""";

    public static string Directory => Path.Combine(RepositoryRoot.Find(), "benchmarks", "EchoFunction", "bin", "Release", "net10.0");

    public static Task<LocalExecutionEnvironment> StartAsync(string type, CancellationToken cancellationToken) =>
        StartAsync($"EchoFunction::EchoFunction.{type}::HandleAsync", Directory, cancellationToken);

    public static Task<LocalExecutionEnvironment> StartAsync(string handler, string directory, CancellationToken cancellationToken) =>
        LocalExecutionEnvironment.StartAsync(
            new LocalFunctionOptions
            {
                Handler = handler,
                AssemblyDirectory = directory,
                FunctionName = "echo",
                MemoryMegabytes = 1769,
                InitTimeout = TimeSpan.FromSeconds(60),
            },
            cancellationToken);
}
