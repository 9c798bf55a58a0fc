using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.Network;

/// <summary>A connection through the relay: two sockets and both directions between them.</summary>
internal sealed class RelayedConnection : IDisposable
{
    private readonly Socket _client;
    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly RelayDirection _up;
    private readonly RelayDirection _down;

    public RelayedConnection(Socket client, NetworkRelayOptions options)
    {
        _client = client;
        _client.NoDelay = true;
        var oneWay = options.RoundTrip / 2;

        // The kernel has accepted at once what would have taken a round trip.
        var open = Stopwatch.GetTimestamp() + (long)(options.RoundTrip.TotalSeconds * Stopwatch.Frequency);
        _up = new RelayDirection(_client, _server, oneWay, null, open, Dispose);
        _down = new RelayDirection(_server, _client, oneWay, options.BytesPerSecondPerConnection, open, Dispose);
    }

    public void Start(EndPoint server)
    {
        _server.Connect(server);
        _up.Start();
        _down.Start();
    }

    public void Cut()
    {
        _up.Cut();
        _down.Cut();
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }
}
