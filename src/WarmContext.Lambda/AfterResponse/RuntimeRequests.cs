using System.Diagnostics.Metrics;
using System.Globalization;

namespace WarmContext.Lambda.AfterResponse;

/// <summary>
/// Watches the runtime client's requests to the Runtime API. They show that a handler is over which never reached a WarmHandler, because it
/// returned early or its event had the wrong type: the runtime sends a response, or asks for its next event.
/// </summary>
/// <remarks>
/// Implementation note: .NET counts the running requests of every HttpClient in an instrument, and tells its listeners before a request is
/// sent. Unlike a diagnostic listener this makes no span and adds no header. A request of somebody else to the same address can only make
/// a handler count as over too early; it then finishes its background work before it returns.
/// </remarks>
internal sealed class RuntimeRequests : IDisposable
{
    private readonly object _gate = new();
    private readonly MeterListener _listener = new();
    private readonly string _host;
    private readonly int _port;
    private bool _isPolling;
    private long _deliveries;
    private long _answered;
    private long _awaited = long.MaxValue;
    private TaskCompletionSource? _over;

    /// <param name="address">The Runtime API's host and port.</param>
    public RuntimeRequests(string address)
    {
        var separator = address.LastIndexOf(':');
        _host = separator < 0 ? address : address[..separator];
        _port = separator < 0 || !int.TryParse(address.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? 80
            : port;
    }

    /// <summary>True once a request of the runtime was seen.</summary>
    public bool HasSeenAny { get; private set; }

    /// <summary>How many events the runtime has got. Taken before the extension asks for its next event.</summary>
    public long Deliveries
    {
        get
        {
            lock (_gate)
            {
                return _deliveries;
            }
        }
    }

    /// <summary>Begins to watch. Meters are loaded here, which belongs on a thread that Init doesn't wait for.</summary>
    public void Start()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: "http.client.active_requests", Meter.Name: "System.Net.Http" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, delta, tags, _) => OnRequest(delta, tags));
        _listener.Start();
    }

    /// <summary>Ends when the handler of the next event is over.</summary>
    /// <param name="deliveries">The <see cref="Deliveries"/> before that event.</param>
    public Task WhenOver(long deliveries)
    {
        lock (_gate)
        {
            _awaited = deliveries;
            _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            CompleteIfOver();
            return _over.Task;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void OnRequest(long delta, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (isHost, isPort, method) = (false, false, string.Empty);
        foreach (var (name, value) in tags)
        {
            switch (name)
            {
                case "server.address":
                    isHost = value is string host && host == _host;
                    break;
                case "server.port":
                    isPort = value is int port && port == _port;
                    break;
                case "http.request.method":
                    method = value as string ?? string.Empty;
                    break;
            }
        }

        if (!isHost || !isPort)
        {
            return;
        }

        lock (_gate)
        {
            HasSeenAny = true;
            if (method == "GET")
            {
                _isPolling = delta > 0;
                _deliveries += delta > 0 ? 0 : 1;
            }
            else if (method == "POST" && delta > 0)
            {
                // What it answers is the latest event. One that came after the extension asked may still answer the one before.
                _answered = _deliveries;
            }

            CompleteIfOver();
        }
    }

    private void CompleteIfOver()
    {
        if (_answered > _awaited || (_deliveries > _awaited && _isPolling))
        {
            _over?.TrySetResult();
        }
    }
}
