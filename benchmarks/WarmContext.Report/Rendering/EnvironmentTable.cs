using System.Globalization;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>The header that goes with every figure.</summary>
public static class EnvironmentTable
{
    public static IEnumerable<Block> Of(RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        yield return new Table("Environment", ["Environment", " "],
        [
            ["Machine", Machine(environment)],
            ["System", environment.OperatingSystem],
            ["Runtime", environment.Runtime],
            ["Versions", string.Join(", ", environment.Versions.Select(static v => $"{v.Key} {v.Value}"))],
            ["Commit", environment.Commit],
            ["Run", $"{environment.Date}, in {Duration(environment.DurationSeconds)}{Load(environment.OtherLoadPercent)}"],
            ["Command", $"`{environment.Command}`"],
        ]);
        yield return new Paragraph(
            "What this setup hides: client, servers and relay share one machine and its cores; loopback has no loss, "
                + "no jitter and no congestion; S3 and PostgreSQL here are a Ceph gateway and a single server, not AWS's. "
                + "Where a round trip is given, a relay makes every byte wait for it, with TLS to both services.", IsRemark: true);
    }

    private static string Machine(RunEnvironment environment) => string.Create(
        CultureInfo.InvariantCulture, $"{environment.Processor}, {environment.Cores} cores, {environment.MemoryGigabytes:0} GB");

    private static string Duration(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} minutes");

    private static string Load(double? percent) => percent is { } load
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"; other work took {load:0} % of the machine{(load > 10 ? ", so the machine was **not quiet**" : string.Empty)}")
        : string.Empty;
}
