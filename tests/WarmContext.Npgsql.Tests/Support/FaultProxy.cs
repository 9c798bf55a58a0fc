using System.Collections.Concurrent;
using System.Net;
using WarmContext.Relay;

namespace WarmContext.Npgsql.Tests;

/// <summary>
/// A relay that breaks connections the way networks do. Faults apply to the connections that exist when they are asked for; later ones are
/// healthy unless <see cref="RefuseNew"/> or <see cref="SwallowNew"/> is set.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RelayedConnection, bool> _cancelRequests = new();
    private readonly TcpRelay _relay;

    public FaultProxy(int target) => _relay = new TcpRelay(At(target), new TcpRelayOptions { ClientSent = Inspect });

    public int Port => _relay.EndPoint.Port;

    /// <summary>The port that new connections lead to.</summary>
    public int Target
    {
        set => _relay.Server = At(value);
    }

    /// <summary>How often a client has sent something; a request and what Npgsql sends along with it count once.</summary>
    public int Requests => _relay.Connections.Sum(static connection => connection.ClientSends);

    /// <summary>How many connections have come in so far.</summary>
    public int Accepted => _relay.Accepted;

    /// <summary>The connections whose server hears nothing of their client's end, or hears it late.</summary>
    public int HeldBack => _relay.Connections.Count(static connection => connection.HoldsBack);

    public bool RefuseNew
    {
        set => _relay.RefusesNew = value;
    }

    /// <summary>New connections are accepted and then nothing passes through them.</summary>
    public bool SwallowNew
    {
        set => _relay.CutsNew = value;
    }

    /// <summary>
    /// Requests to cancel, as Npgsql makes them over a connection of their own, vanish as they do on a host that is gone. Seen only without
    /// TLS.
    /// </summary>
    public bool SwallowCancelRequests { get; set; }

    /// <summary>Packets vanish both ways: no FIN, no RST. Requests to cancel are spared.</summary>
    public void Blackhole() => Each(connection =>
    {
        if (!_cancelRequests.ContainsKey(connection))
        {
            connection.Cut();
        }
    });

    /// <summary>Both sides get RST.</summary>
    public void Reset() => Each(static connection => connection.Reset());

    /// <summary>The server's end is closed with FIN; the client may go on sending, into the void.</summary>
    public void HalfClose() => Each(static connection => connection.CloseServer());

    /// <summary>Whatever the server sends is late by <paramref name="by"/>, from now on.</summary>
    public void Delay(TimeSpan by) => Each(connection => connection.ServerDelay = by);

    public void Inflict(NetworkFault fault)
    {
        switch (fault)
        {
            case NetworkFault.Reset: Reset(); break;
            case NetworkFault.HalfClose: HalfClose(); break;
            case NetworkFault.Blackhole: Blackhole(); break;
            default: Delay(TimeSpan.FromMilliseconds(700)); break;
        }
    }

    public ValueTask DisposeAsync()
    {
        Reset();
        return _relay.DisposeAsync();
    }

    private static IPEndPoint At(int port) => new(IPAddress.Loopback, port);

    private void Each(Action<RelayedConnection> action)
    {
        foreach (var connection in _relay.Connections)
        {
            action(connection);
        }
    }

    // A length of 16, and what stands in the place of the protocol's version.
    private void Inspect(RelayedConnection connection, ReadOnlyMemory<byte> sent)
    {
        if (sent.Length == 16 && sent.Span[..8].SequenceEqual<byte>([0, 0, 0, 16, 0x04, 0xD2, 0x16, 0x2E]))
        {
            _cancelRequests[connection] = true;
            if (SwallowCancelRequests)
            {
                connection.Cut();
            }
        }
    }
}
