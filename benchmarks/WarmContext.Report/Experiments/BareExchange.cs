using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WarmContext.Report.Experiments;

/// <summary>An HTTP request and its answer on loopback, with as little around them as can be.</summary>
internal sealed class BareExchange : IDisposable
{
    private static readonly byte[] s_request = Bytes(
        "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\n"
            + "Host: localhost\r\nContent-Length: 8\r\n\r\n{\"id\":1}");

    private static readonly byte[] s_answer = Bytes(
        "HTTP/1.1 202 Accepted\r\n"
            + "Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[1024];

    public BareExchange()
    {
        _listener.Start();
        _client.Connect(_listener.LocalEndpoint);
        _ = AnswerAsync();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _client.SendAsync(s_request, cancellationToken);
        await _client.ReceiveAsync(_buffer, cancellationToken);
    }

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
    }

    private async Task AnswerAsync()
    {
        using var server = await _listener.AcceptSocketAsync();
        server.NoDelay = true;
        var buffer = new byte[1024];
        while (await server.ReceiveAsync(buffer) > 0)
        {
            await server.SendAsync(s_answer);
        }
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
