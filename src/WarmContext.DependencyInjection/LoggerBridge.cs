using Microsoft.Extensions.Logging;

namespace WarmContext.DependencyInjection;

/// <summary>
/// Sends WarmContext's log entries to an <see cref="ILogger"/> of category "WarmContext", with number and name of the event.
/// </summary>
internal sealed class LoggerBridge(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("WarmContext");

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
            _logger.Log(level, id, entry, entry.Exception, static (entry, _) => entry.ToString());
        }
    }
}
