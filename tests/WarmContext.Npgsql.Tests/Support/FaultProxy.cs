using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.Npgsql.Tests;

/// <summary>
/// A TCP proxy that breaks connections the way networks do. Faults apply to the links that exist when they are asked for; later links are
/// healthy unless <see cref="RefuseNew"/> or <see cref="SwallowNew"/> is set.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<FaultLink, bool> _links = new();
    private int _accepted;

    public FaultProxy(int target)
    {
        Target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The port that new links lead to.</summary>
    public int Target { get; set; }

    /// <summary>How often a client has sent something; a request and what Npgsql sends along with it count once.</summary>
    public int Requests => _links.Keys.Sum(static link => link.Requests);

    /// <summary>How many connections have come in so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>The links whose server hears nothing of their client's end, or hears it late.</summary>
    public int HeldBack => _links.Keys.Count(static link => link.HoldsBack);

    public bool RefuseNew { get; set; }

    /// <summary>New links are accepted and then nothing passes through them.</summary>
    public bool SwallowNew { get; set; }

    /// <summary>
    /// Requests to cancel, as Npgsql makes them over a connection of their own, vanish as they do on a host that is gone. Seen only without
    /// TLS.
    /// </summary>
    public bool SwallowCancelRequests { get; set; }

    /// <summary>Packets vanish both ways: no FIN, no RST. Requests to cancel are spared.</summary>
    public void Blackhole() => Each(static link =>
    {
        if (!link.IsCancelRequest)
        {
            link.Blackhole();
        }
    });

    /// <summary>Both sides get RST.</summary>
    public void Reset() => Each(static link => link.Reset());

    /// <summary>The server's end is closed with FIN; the client may go on sending, into the void.</summary>
    public void HalfClose() => Each(static link => link.HalfClose());

    /// <summary>Whatever the server sends is late by <paramref name="by"/>, from now on.</summary>
    public void Delay(TimeSpan by) => Each(link => link.ServerDelay = by);

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

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Each(static link => link.Reset());
    }

    private void Each(Action<FaultLink> action)
    {
        foreach (var link in _links.Keys)
        {
            action(link);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_end.Token);
            }
            catch (Exception)
            {
                return;
            }

            Interlocked.Increment(ref _accepted);
            if (RefuseNew)
            {
                client.LingerState = new LingerOption(true, 0);
                client.Dispose();
                continue;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, Target);
        }
        catch (SocketException)
        {
            client.LingerState = new LingerOption(true, 0);
            client.Dispose();
            return;
        }

        var link = new FaultLink(client, server) { SwallowsCancelRequest = SwallowCancelRequests };
        if (SwallowNew)
        {
            link.Blackhole();
        }

        _links[link] = true;
        await link.RunAsync();
        _links.TryRemove(link, out _);
    }
}
