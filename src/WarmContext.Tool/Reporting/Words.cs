using System.Globalization;
using System.Text.RegularExpressions;
using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>Figures and names as people read them.</summary>
internal static partial class Words
{
    public static string Of(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => Invariant($"{time.TotalDays:0.#} d"),
        { TotalHours: >= 1 } => Invariant($"{time.TotalHours:0.#} h"),
        { TotalMinutes: >= 2 } => Invariant($"{time.TotalMinutes:0.#} min"),
        { TotalSeconds: >= 10 } => Invariant($"{time.TotalSeconds:0.0} s"),
        { TotalSeconds: >= 1 } => Invariant($"{time.TotalSeconds:0.00} s"),
        { TotalMilliseconds: >= 10 } => Invariant($"{time.TotalMilliseconds:0} ms"),
        { TotalMilliseconds: >= 1 } => Invariant($"{time.TotalMilliseconds:0.0} ms"),
        _ => Invariant($"{time.TotalMilliseconds:0.00} ms"),
    };

    public static string Bytes(long bytes) => bytes switch
    {
        >= 1024 * 1024 => Invariant($"{bytes / 1024.0 / 1024:0.0} MiB"),
        >= 1024 => Invariant($"{bytes / 1024.0:0.0} KiB"),
        _ => Invariant($"{bytes} B"),
    };

    public static string Count(int count, string one, string many) => Invariant($"{count} {(count == 1 ? one : many)}");

    /// <summary>ConnectionsReopened as Connections reopened.</summary>
    public static string Of(FindingKind kind) =>
        kind.ToString()[..1] + Capital().Replace(kind.ToString()[1..], static match => " " + match.Value.ToLowerInvariant());

    public static string Of(FindingSeverity severity) => severity.ToString();

    public static string Of(InitializationType type) => type switch
    {
        InitializationType.OnDemand => "on demand",
        InitializationType.ProvisionedConcurrency => "provisioned concurrency",
        InitializationType.SnapStart => "SnapStart",
        InitializationType.ManagedInstances => "managed instances",
        _ => type.ToString(),
    };

    public static string Of(IEnumerable<RecordedTraffic> traffic) => string.Join("; ", traffic.Select(Of));

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Of(RecordedTraffic remote)
    {
        var opened = remote.ConnectionsOpened > 0
            ? Count(remote.ConnectionsOpened, "connection opened, ", "connections opened, ")
            : string.Empty;
        var dead = remote.DeadConnectionsUsed > 0 ? Invariant($", {remote.DeadConnectionsUsed} dead but used") : string.Empty;
        return $"{remote.RemoteAddress}: {opened}{Bytes(remote.BytesReceived)} in, {Bytes(remote.BytesSent)} out{dead}";
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
