using System.Diagnostics;
using System.Diagnostics.Metrics;
using WarmContext.Diagnostics;

namespace WarmContext;

/// <summary>WarmContext's meter, its activity source and its log. All members are safe to use from several threads at once.</summary>
public static class WarmContextDiagnostics
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that carries every figure of WarmContext.</summary>
    public const string MeterName = "WarmContext";

    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/> that carries every span of WarmContext.</summary>
    public const string ActivitySourceName = "WarmContext";

    private static Action<WarmContextLogEntry> s_log = WriteToStandardError;

    /// <summary>The meter named <see cref="MeterName"/>. WarmContext's packages create their instruments on it.</summary>
    public static Meter Meter => Telemetry.Meter;

    /// <summary>The activity source named <see cref="ActivitySourceName"/>. WarmContext's packages start their spans on it.</summary>
    public static ActivitySource ActivitySource => Telemetry.ActivitySource;

    /// <summary>The sink of the log. It receives every entry, possibly from several threads at once. What it throws is dropped.</summary>
    /// <value>
    /// Default: <see cref="WriteToStandardError"/>. Warnings and errors go to standard error, which Lambda sends to CloudWatch Logs.
    /// </value>
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

    /// <summary>Hands an entry to <see cref="Log"/>. What the sink throws is dropped: it must fail nobody's invocation.</summary>
    /// <param name="entry">The entry.</param>
    /// <exception cref="ArgumentNullException"><paramref name="entry"/> is null.</exception>
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

    /// <summary>Writes a warning or an error to standard error, on one line. An entry of less severity is dropped.</summary>
    /// <param name="entry">The entry.</param>
    /// <exception cref="ArgumentNullException"><paramref name="entry"/> is null.</exception>
    public static void WriteToStandardError(WarmContextLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Level == WarmContextLogLevel.Information)
        {
            return;
        }

        var exception = entry.Exception is null ? string.Empty : " " + LogText.Escape(entry.Exception.ToString().ReplaceLineEndings(" | "));
        Console.Error.WriteLine($"WarmContext {entry.Level} {entry.EventId} {LogText.Escape(entry.EventName)}: {entry}{exception}");
    }
}
