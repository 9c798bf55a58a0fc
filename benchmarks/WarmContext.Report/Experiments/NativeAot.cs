using WarmContext.LocalServices;
using WarmContext.Report.Running;

namespace WarmContext.Report.Experiments;

/// <summary>Publishes functions with Native AOT, for a full run.</summary>
internal static class NativeAot
{
    /// <returns>The directory with the executable <c>bootstrap</c>.</returns>
    /// <exception cref="LocalServiceException">What it needs isn't installed and can't be; the message says what to do.</exception>
    /// <exception cref="ReportException">It can't be published; the message says why.</exception>
    public static async Task<string> PublishAsync(RunContext context, string name, string project, params string[] properties)
    {
        // Its own intermediate files: the same project is published in several forms, and built otherwise by the solution.
        var directory = Path.Combine(context.Repository, "artifacts", "report", name);
        var published = Path.Combine(directory, "published");
        await LocalPrograms.InstallAsync("native-aot", context.CancellationToken);
        context.Report(0, $"publishing {name} with Native AOT");
        await ChildProcess.RunAsync(
            "dotnet",
            [
                "publish", project, "-c", "Release", "-r", "linux-x64", "-o", published, "--artifacts-path", directory, "-v", "q",
                .. properties,
            ],
            context.Repository, null, context.CancellationToken);
        return published;
    }
}
