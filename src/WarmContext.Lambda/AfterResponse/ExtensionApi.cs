using System.Text;
using System.Text.Json;

namespace WarmContext.Lambda.AfterResponse;

/// <summary>
/// A client of the Extensions API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html (read 2026-11-20). Its calls
/// block.
/// </summary>
/// <remarks>
/// Implementation note: over a socket instead of HttpClient, whose first use costs Init 13 to 40 ms, even where the runtime has loaded its
/// own. A call's connection is closed when the next call has been answered, and not in Init: the first close of a process takes 4,000 µs,
/// as it compiles 22 methods (median of 10 processes; measured 2026-11-30).
/// </remarks>
internal sealed class ExtensionApi(string address) : IDisposable
{
    private const string IdentifierHeader = "Lambda-Extension-Identifier";

    private readonly object _gate = new();
    private LocalHttpCall? _pending;
    private LocalHttpCall? _answered;
    private bool _isDisposed;

    /// <summary>Registers an internal extension. That is possible only during Init.</summary>
    /// <param name="name">Its name, unique among the environment's extensions.</param>
    /// <param name="events">INVOKE, or none; internal extensions get no other events.</param>
    /// <returns>The identifier to ask for events with.</returns>
    /// <exception cref="IOException">It was refused, or the API couldn't be reached.</exception>
    public string Register(string name, string[] events)
    {
        var body = events.Length == 0 ? """{"events":[]}""" : $$"""{"events":["{{string.Join("\",\"", events)}}"]}""";
        var response = Send("POST", "register", $"Lambda-Extension-Name: {name}", body);
        return response.Header(IdentifierHeader)
            ?? throw new IOException($"The Extensions API accepted the registration without the header {IdentifierHeader}.");
    }

    /// <summary>
    /// Asks for the next event, which tells Lambda that the extension is done with the previous one. Waits until there is one.
    /// </summary>
    /// <param name="identifier">From the registration.</param>
    /// <exception cref="IOException">It was refused, or the connection broke.</exception>
    public ExtensionEvent Next(string identifier)
    {
        var response = Send("GET", "event/next", $"{IdentifierHeader}: {identifier}", null);
        using var json = JsonDocument.Parse(response.Body);
        var root = json.RootElement;
        return new ExtensionEvent(
            root.GetProperty("eventType").GetString() ?? string.Empty,
            root.TryGetProperty("requestId", out var id) ? id.GetString() : null,
            root.TryGetProperty("deadlineMs", out var deadline) && deadline.TryGetInt64(out var milliseconds) && milliseconds > 0
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null);
    }

    /// <summary>Aborts the pending call. Later calls fail.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _pending?.Dispose();
            _answered?.Dispose();
        }
    }

    private LocalHttpResponse Send(string method, string call, string header, string? body)
    {
        var pending = new LocalHttpCall(address);
        lock (_gate)
        {
            if (_isDisposed)
            {
                pending.Dispose();
                throw new ObjectDisposedException(nameof(ExtensionApi));
            }

            _pending = pending;
        }

        LocalHttpResponse response;
        try
        {
            response = pending.Send(method, "/2020-01-01/extension/" + call, header, body);
        }
        finally
        {
            LocalHttpCall? before;
            lock (_gate)
            {
                before = _answered;
                _answered = pending;
            }

            before?.Dispose();
        }

        return response.Status == 200 ? response
            : throw new ExtensionRefusedException(
                response.Status,
                $"The Extensions API answered {call} with {response.Status} {Encoding.UTF8.GetString(response.Body.Span)}");
    }
}
