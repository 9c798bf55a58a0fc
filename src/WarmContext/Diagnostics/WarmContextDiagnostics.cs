using System.Diagnostics;
using System.Diagnostics.Metrics;
using WarmContext.Diagnostics;

namespace WarmContext;

/// <summary>The names under which WarmContext can be observed, and where its log entries go.</summary>
public static class WarmContextDiagnostics
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that carries every figure of WarmContext.</summary>
    public const string MeterName = "WarmContext";

    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/> that carries every span of WarmContext.</summary>
    public const string ActivitySourceName = "WarmContext";

    /// <summary>The meter named <see cref="MeterName"/>. WarmContext's packages create their instruments on it. Safe to use from several threads at once.</summary>
    public static Meter Meter => Telemetry.Meter;

    /// <summary>The activity source named <see cref="ActivitySourceName"/>. WarmContext's packages start their spans on it. Safe to use from several threads at once.</summary>
    public static ActivitySource ActivitySource => Telemetry.ActivitySource;

    private static Action<WarmContextLogEntry> s_log = WriteToStandardError;

    /// <summary>
    /// Receives every log entry, possibly from several threads at once. What it throws is dropped.
    /// <value>Default: warnings and errors go to standard error, one line each, which Lambda sends to CloudWatch Logs.</value>
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public static Action<WarmContextLogEntry> Log
    {
        get => Volatile.Read(ref s_log);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref s_log, value);
        }
    }

    /// <summary>Hands an entry to <see cref="Log"/>. Never throws: a broken sink must not fail anybody's invocation.</summary>
    /// <param name="entry">The entry.</param>
    public static void Write(WarmContextLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            Log(entry);
        }
        catch (Exception)
        {
            // There is nowhere left to report it.
        }
    }

    /// <summary>The default of <see cref="Log"/>: writes warnings and errors to standard error.</summary>
    /// <param name="entry">The entry.</param>
    public static void WriteToStandardError(WarmContextLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Level == WarmContextLogLevel.Information)
        {
            return;
        }

        var exception = entry.Exception is null ? string.Empty : " " + entry.Exception.ToString().ReplaceLineEndings(" | ");
        var request = entry.RequestId is null ? string.Empty : $" RequestId: {entry.RequestId}";
        Console.Error.WriteLine($"WarmContext {entry.Level} {entry.EventId} {entry.EventName}: {entry.Message}{request}{exception}");
    }
}
