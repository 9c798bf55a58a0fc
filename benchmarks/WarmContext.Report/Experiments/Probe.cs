using System.Globalization;
using System.Reflection;
using WarmContext.Report.Running;

namespace WarmContext.Report.Experiments;

/// <summary>Runs this program again, as a new process that measures one thing and writes figures.</summary>
internal static class Probe
{
    /// <returns>The figures by name.</returns>
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(RunContext context, params string[] arguments)
    {
        var output = await ChildProcess.RunAsync(
            "dotnet",
            [Assembly.GetExecutingAssembly().Location, ProbeCommands.Name, .. arguments],
            context.Repository,
            null,
            context.CancellationToken);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('='))
            .ToDictionary(static pair => pair[0], static pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
    }
}
