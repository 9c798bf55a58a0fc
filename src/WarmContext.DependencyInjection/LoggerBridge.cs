using Microsoft.Extensions.Logging;

namespace WarmContext.DependencyInjection;

/// <summary>Sends WarmContext's log entries to an <see cref="ILogger"/> of category "WarmContext", with the event's number and name.</summary>
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
            _logger.Log(level, new EventId(entry.EventId, entry.EventName), entry, entry.Exception, static (entry, _) =>
                entry.RequestId is null ? entry.Message : $"{entry.Message} RequestId: {entry.RequestId}");
        }
    }
}
