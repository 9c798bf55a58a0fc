using System.Net.Sockets;

namespace WarmContext.Npgsql.Tests;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class FaultLink(Socket client, Socket server)
{
    private volatile bool _swallows;
    private volatile bool _serverClosed;
    private int _requests;

    public bool HoldsBack => _swallows || ServerDelay > TimeSpan.Zero;

    public int Requests => Volatile.Read(ref _requests);

    public TimeSpan ServerDelay { get; set; }

    /// <summary>True of a link on which nothing came but the request to cancel what another one does.</summary>
    public bool IsCancelRequest { get; private set; }

    public bool SwallowsCancelRequest { get; init; }

    public void Blackhole() => _swallows = true;

    public void Reset()
    {
        Unless(() => client.LingerState = new LingerOption(true, 0));
        client.Close();
        Unless(() => server.LingerState = new LingerOption(true, 0));
        server.Close();
    }

    public void HalfClose()
    {
        _serverClosed = true;
        Unless(() => client.Shutdown(SocketShutdown.Send));
        server.Close();
    }

    // A length of 16, and what stands in the place of the protocol's version.
    private void Inspect(ReadOnlySpan<byte> sent)
    {
        if (sent.Length == 16 && sent[..8].SequenceEqual<byte>([0, 0, 0, 16, 0x04, 0xD2, 0x16, 0x2E]))
        {
            IsCancelRequest = true;
            _swallows |= SwallowsCancelRequest;
        }
    }

    private static void Unless(Action action)
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

    public async Task RunAsync()
    {
        var toServer = PumpAsync(client, server, static _ => TimeSpan.Zero);
        var toClient = PumpAsync(server, client, link => link.ServerDelay);
        await Task.WhenAny(toServer, toClient);

        // A blackholed link tells neither side that the other has gone; the server's end stays for as long as the client's does.
        if (_swallows || _serverClosed)
        {
            await toServer;
        }

        client.Close();
        server.Close();
        await Task.WhenAll(toServer, toClient);
    }

    private async Task PumpAsync(Socket from, Socket to, Func<FaultLink, TimeSpan> delay)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer);
                if (read == 0)
                {
                    if (!_swallows && !_serverClosed)
                    {
                        to.Shutdown(SocketShutdown.Send);
                    }

                    return;
                }

                if (from == client)
                {
                    Interlocked.Increment(ref _requests);
                    Inspect(buffer.AsSpan(0, read));
                }

                if (delay(this) is var wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait);
                }

                if (_swallows || _serverClosed)
                {
                    continue;
                }

                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One of the ends is gone, which is what this proxy is for.
        }
    }
}
