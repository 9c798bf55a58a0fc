using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.Testing.Http;

/// <summary>
/// A small HTTP/1.1 server on loopback, for one function process: no TLS, no pipelining, bodies in memory. Written here so that a test project
/// that uses this package gains no dependency, and so that an exchange costs as little as it can.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<HttpConnection, Task> _connections = new();
    private readonly Func<HttpRequest, ValueTask<HttpResponse>> _handle;
    private readonly Func<HttpRequest, int> _largestBody;
    private readonly Action<HttpRequest> _headRead;
    private Task _accepting = Task.CompletedTask;

    public HttpServer(Func<HttpRequest, int> largestBody, Action<HttpRequest> headRead, Func<HttpRequest, ValueTask<HttpResponse>> handle)
    {
        _largestBody = largestBody;
        _headRead = headRead;
        _handle = handle;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        HostAndPort = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");
    }

    public int Port { get; }

    /// <summary>Where it listens, like 127.0.0.1:45001.</summary>
    public string HostAndPort { get; }

    public void Start() => _accepting = Task.Run(AcceptAsync);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }

        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            socket.NoDelay = true;
            var connection = new HttpConnection(socket, _largestBody, _headRead, _handle);
            var serving = Task.Run(connection.ServeAsync);
            _connections[connection] = serving;
            _ = serving.ContinueWith(_ => _connections.TryRemove(connection, out var _), TaskScheduler.Default);
        }
    }
}
