using Microsoft.Extensions.Logging;

namespace WarmContext.DependencyInjection;

/// <summary>
/// Sends WarmContext's log entries to an <see cref="ILogger"/> of category "WarmContext", with number and name of the event, and its text
/// and request id as fields. Ends with its provider, whose loggers write nothing any more: the sink from before is back then.
/// </summary>
internal sealed class LoggerBridge(ILoggerFactory loggers) : IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("WarmContext");
    private Action<WarmContextLogEntry>? _before;

    public void Connect()
    {
        _before = WarmContextDiagnostics.Log;
        WarmContextDiagnostics.Log = Write;
    }

    public void Write(WarmContextLogEntry entry)
    {
        var level = entry.Level switch
        {
            WarmContextLogLevel.Error => LogLevel.Error,
            WarmContextLogLevel.Warning => LogLevel.Warning,
            _ => LogLevel.Information,
        };
        if (_logger.IsEnabled(level))
        {
            var id = new EventId(entry.EventId, entry.EventName);
            _logger.Log(level, id, new LogFields(entry), entry.Exception, static (fields, _) => fields.ToString());
        }
    }

    public void Dispose()
    {
        // Unless somebody has set another since.
        if (_before is not null && WarmContextDiagnostics.Log == Write)
        {
            WarmContextDiagnostics.Log = _before;
        }
    }
}
