using WarmContext.Shared.Diagnostics;

namespace WarmContext.Shared.Connections;

/// <summary>The instruments of every kind of warm connection, on the meter of <see cref="WarmContextDiagnostics"/>. None throws.</summary>
internal static class ConnectionMetrics
{
    public const string ReasonDead = "dead";
    public const string ReasonHalfOpen = "half_open";
    public const string ReasonIdle = "idle_limit";
    public const string ReasonReadOnly = "read_only";

    private const string PoolTag = "warmcontext.connection.pool";
    private const string ReasonTag = "warmcontext.connection.reason";

    private static readonly GuardedCounter s_opened = GuardedCounter.Create(
        "warmcontext.connection.opened", "{connection}", "Physical connections opened.");
    private static readonly GuardedCounter s_reused = GuardedCounter.Create(
        "warmcontext.connection.reused", "{lease}", "Leases served by a kept connection.");
    private static readonly GuardedCounter s_probed = GuardedCounter.Create(
        "warmcontext.connection.probed", "{probe}", "Probes of kept connections.");
    private static readonly GuardedCounter s_replaced = GuardedCounter.Create(
        "warmcontext.connection.replaced", "{connection}", "Kept connections that were replaced, by reason.");
    private static readonly GuardedCounter s_retried = GuardedCounter.Create(
        "warmcontext.connection.open.retried", "{attempt}", "Failed attempts to open that were tried again.");
    private static readonly GuardedHistogram s_wait = GuardedHistogram.Create(
        "warmcontext.connection.wait", "s", "Time from asking for a lease to having it.");

    public static bool WaitEnabled => s_wait.Enabled;

    public static void Opened(string pool) => s_opened.Add(1, new KeyValuePair<string, object?>(PoolTag, pool));

    public static void Reused(string pool) => s_reused.Add(1, new KeyValuePair<string, object?>(PoolTag, pool));

    public static void Probed(string pool) => s_probed.Add(1, new KeyValuePair<string, object?>(PoolTag, pool));

    public static void Replaced(string pool, string reason) =>
        s_replaced.Add(1, new KeyValuePair<string, object?>(PoolTag, pool), new KeyValuePair<string, object?>(ReasonTag, reason));

    public static void Retried(string pool) => s_retried.Add(1, new KeyValuePair<string, object?>(PoolTag, pool));

    public static void Waited(string pool, TimeSpan time) =>
        s_wait.Record(time.TotalSeconds, new KeyValuePair<string, object?>(PoolTag, pool));
}
