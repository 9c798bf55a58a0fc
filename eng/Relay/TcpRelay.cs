using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.Relay;

/// <summary>
/// A TCP relay on loopback in front of a server. It gives the server the distance of a real one: every byte takes half a round trip each
/// way, opening a connection takes a whole one, and each connection carries so many bytes a second towards the client. And it breaks
/// connections as networks do.
/// </summary>
/// <remarks>
/// It shows what waiting and broken connections cost, and nothing else of a network: no loss, no slow start, and connections don't share a
/// line. Its threads run in the measured process and take a little processor time of their own.
/// </remarks>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<RelayedConnection, bool> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpRelayOptions _options;
    private readonly Task _accepting;
    private volatile EndPoint _server;
    private int _accepted;

    /// <summary>Starts listening on loopback.</summary>
    /// <param name="server">The server to relay to.</param>
    /// <param name="options">How far away it is to be; null for no distance.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public TcpRelay(EndPoint server, TcpRelayOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        _server = server;
        _options = (options ?? new TcpRelayOptions()).Validated();
        _listener = new TcpListener(IPAddress.Loopback, _options.Port);
        _listener.Start(512);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = Task.Factory.StartNew(Accept, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The server that new connections lead to.</summary>
    public EndPoint Server
    {
        get => _server;
        set => _server = value;
    }

    /// <summary>How many connections have come in so far, refused ones included.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>The connections that exist now.</summary>
    public IEnumerable<RelayedConnection> Connections => _connections.Keys;

    /// <summary>New connections are reset at once.</summary>
    public bool RefusesNew { get; set; }

    /// <summary>New connections are cut as soon as they are open.</summary>
    public bool CutsNew { get; set; }

    /// <summary>
    /// Cuts the line of the connections that exist now (<see cref="RelayedConnection.Cut"/>). Connections opened later work.
    /// </summary>
    public void CutExisting()
    {
        foreach (var connection in Connections)
        {
            connection.Cut();
        }
    }

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var connection in Connections)
        {
            connection.Dispose();
        }

        _stopping.Dispose();
    }

    private void Accept()
    {
        while (true)
        {
            // Ends with the listener, by an exception that DisposeAsync expects.
            var connection = new RelayedConnection(_listener.AcceptSocket(), _options, closed => _connections.TryRemove(closed, out _));
            Interlocked.Increment(ref _accepted);
            if (RefusesNew)
            {
                connection.Reset();
                continue;
            }

            if (CutsNew)
            {
                connection.Cut();
            }

            _connections.TryAdd(connection, true);
            try
            {
                connection.Start(_server, _stopping.Token);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // No server, as far as the client can tell.
                connection.Reset();
            }
        }
    }
}
