using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WarmContext.Npgsql.Tests;

/// <summary>
/// Refuses the first logins with a given error, as PostgreSQL and PgBouncer do in the moments that no test brings about at will, and leads
/// the later ones to a real server.
/// </summary>
internal sealed class RefusingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly byte[] _refusal;
    private readonly int _times;
    private int _accepted;

    public RefusingServer(int target, string sqlState, string message, int times)
    {
        _target = target;
        _refusal = Refusal(sqlState, message);
        _times = times;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How many connections have come in so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
    }

    // ErrorResponse, as the protocol has it: type, length, fields that end with zero bytes.
    private static byte[] Refusal(string sqlState, string message)
    {
        var fields = Encoding.UTF8.GetBytes($"SFATAL\0VFATAL\0C{sqlState}\0M{message}\0\0");
        var response = new byte[1 + sizeof(int) + fields.Length];
        response[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(response.AsSpan(1), sizeof(int) + fields.Length);
        fields.CopyTo(response, 1 + sizeof(int));
        return response;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                _ = Interlocked.Increment(ref _accepted) <= _times ? RefuseAsync(client) : PassOnAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task RefuseAsync(Socket client)
    {
        using (client)
        {
            var request = new byte[1024];
            await client.ReceiveAsync(request);
            await client.SendAsync(_refusal);

            // Until the client has read it and closed: a connection closed before that is reset.
            await client.ReceiveAsync(request);
        }
    }

    private async Task PassOnAsync(Socket client)
    {
        using var toServer = new TcpClient();
        await toServer.ConnectAsync(IPAddress.Loopback, _target);
        await using var near = new NetworkStream(client, ownsSocket: true);
        await using var far = toServer.GetStream();
        await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
    }
}
