using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.Network;

/// <summary>
/// A TCP relay in front of a server on loopback that gives it the distance of a real one: every byte takes half a round trip each way, opening a
/// connection takes a whole one, and each connection carries so many bytes a second towards the client.
/// </summary>
/// <remarks>
/// It shows what waiting costs, and nothing else of a network: no loss, no slow start, and connections don't share a line. Its threads run in the
/// measured process and take a little processor time of their own.
/// </remarks>
public sealed class NetworkRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<RelayedConnection> _connections = [];
    private readonly EndPoint _server;
    private readonly NetworkRelayOptions _options;
    private readonly Task _accepting;
    private int _accepted;

    /// <summary>Starts listening on a free port of loopback.</summary>
    /// <param name="server">The server to relay to.</param>
    /// <param name="options">How far away it is to be.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public NetworkRelay(EndPoint server, NetworkRelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(options);
        _server = server;
        _options = options.Validated();
        _listener.Start(512);
        _accepting = Task.Factory.StartNew(Accept, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>How many connections there have been.</summary>
    public int Connections => Volatile.Read(ref _accepted);

    /// <summary>Cuts the line of the connections that exist now: their bytes vanish, and neither side hears of it. Connections opened later work.</summary>
    public void CutExisting()
    {
        foreach (var connection in _connections)
        {
            connection.Cut();
        }
    }

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private void Accept()
    {
        while (true)
        {
            // Ends with the listener, by an exception that DisposeAsync expects.
            var connection = new RelayedConnection(_listener.AcceptSocket(), _options);
            Interlocked.Increment(ref _accepted);
            _connections.Add(connection);
            try
            {
                connection.Start(_server);
            }
            catch (SocketException)
            {
                // No server: the client's connection is closed, as a refused one would be.
                connection.Dispose();
            }
        }
    }
}
