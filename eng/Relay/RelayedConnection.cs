using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace WarmContext.Relay;

/// <summary>
/// A connection through a <see cref="TcpRelay"/>: two sockets and both directions between them. Safe to use from any thread.
/// </summary>
public sealed class RelayedConnection : IDisposable
{
    private readonly RelayDirection _up;
    private readonly RelayDirection _down;
    private readonly TcpRelayOptions _options;
    private readonly Action<RelayedConnection> _closed;
    private volatile bool _serverClosed;
    private volatile bool _cut;
    private int _ended;

    internal RelayedConnection(Socket client, TcpRelayOptions options, Action<RelayedConnection> closed)
    {
        (Client, _options, _closed) = (client, options, closed);
        Client.NoDelay = true;

        // The kernel has accepted at once what would have taken a round trip.
        var open = Stopwatch.GetTimestamp() + (long)(options.RoundTrip.TotalSeconds * Stopwatch.Frequency);
        Action<ReadOnlyMemory<byte>>? inspect = options.ClientSent is { } sent ? bytes => sent(this, bytes) : null;
        _up = new RelayDirection(Client, Server, options.RoundTrip / 2, null, open, inspect, Ended);
        _down = new RelayDirection(Server, Client, options.RoundTrip / 2, options.BytesPerSecondPerConnection, open, null, Ended);
    }

    /// <summary>The client's end.</summary>
    public Socket Client { get; }

    /// <summary>The server's end.</summary>
    public Socket Server { get; } = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>How often the client has sent something; what arrived together counts once.</summary>
    public int ClientSends => _up.Reads;

    /// <summary>True when the server hears nothing of the client's end, or hears it late.</summary>
    public bool HoldsBack => _cut || ServerDelay > TimeSpan.Zero;

    /// <summary>By how much more than the way itself takes whatever the server sends is late, from now on.</summary>
    public TimeSpan ServerDelay
    {
        get => _down.ExtraDelay;
        set => _down.ExtraDelay = value;
    }

    /// <summary>
    /// Cuts the line: from now on bytes vanish, and neither side hears of it. The server's end stays open for as long as the client's does.
    /// </summary>
    public void Cut()
    {
        _cut = true;
        Swallow();
    }

    /// <summary>Closes the server's end with FIN; the client may go on sending, into the void.</summary>
    public void CloseServer()
    {
        _serverClosed = true;
        Swallow();
        Quietly(() => Client.Shutdown(SocketShutdown.Send));
        Server.Dispose();
    }

    /// <summary>Both ends get RST.</summary>
    public void Reset()
    {
        ResetClient();
        Quietly(() => Server.LingerState = new LingerOption(true, 0));
        Dispose();
    }

    /// <summary>The client gets RST as soon as the connection is closed.</summary>
    public void ResetClient() => Quietly(() => Client.LingerState = new LingerOption(true, 0));

    /// <summary>Closes both ends.</summary>
    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _closed(this);
    }

    internal void Start(EndPoint server, CancellationToken stopping)
    {
        Server.Connect(server);
        if (_options.Serve is { } serve)
        {
            _ = Task.Run(() => ServeAsync(serve, stopping), CancellationToken.None);
            return;
        }

        _up.Start();
        _down.Start();
    }

    private async Task ServeAsync(Func<RelayedConnection, CancellationToken, Task> serve, CancellationToken stopping)
    {
        using (this)
        {
            try
            {
                await serve(this, stopping).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException
                or ObjectDisposedException or AuthenticationException)
            {
                // One side has hung up, and so does the other, which is how serving ends.
            }
        }
    }

    // A direction has ended. Of a line that is cut nobody hears that.
    private void Ended(RelayDirection direction, bool broken)
    {
        var closes = _cut || _serverClosed ? direction == _up : broken || Interlocked.Increment(ref _ended) == 2;
        if (closes)
        {
            Dispose();
        }
    }

    private void Swallow()
    {
        _up.Swallow();
        _down.Swallow();
    }

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }
}
