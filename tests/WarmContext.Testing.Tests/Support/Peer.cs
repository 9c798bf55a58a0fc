using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.Testing;

/// <summary>A server on loopback: a request is a number of four bytes, its answer as many bytes.</summary>
internal sealed class Peer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _connections = [];

    public Peer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public int Accepted => _connections.Count;

    /// <summary>Ends all connections, as a server does that has waited long enough.</summary>
    public void HangUp()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        HangUp();
    }

    private static async Task AnswerAsync(Socket connection)
    {
        try
        {
            var request = new byte[4];
            while (await connection.ReceiveAsync(request) == request.Length)
            {
                await connection.SendAsync(new byte[BitConverter.ToInt32(request)]);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Hung up.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptSocketAsync();
                _connections.Add(connection);
                _ = AnswerAsync(connection);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
