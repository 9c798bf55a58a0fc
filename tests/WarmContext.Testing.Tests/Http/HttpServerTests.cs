using System.Net;
using System.Net.Sockets;
using System.Text;
using WarmContext.Testing.Http;

namespace WarmContext.Testing;

/// <summary>What a function that misbehaves can send, and what it costs the process that tests it.</summary>
public class HttpServerTests
{
    private const int MaxBody = 200 * 1024 * 1024;

    [Fact]
    public async Task Endless_trailers_are_refused_and_not_kept()
    {
        await using var server = Server();
        using var socket = Connect(server);
        await socket.SendAsync("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"u8.ToArray());

        var trailers = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a: " + new string('b', 1000) + "\r\n", 1000)));
        var sent = await SendUntilClosedAsync(socket, trailers, times: 100);

        Assert.True(sent < 50, $"{sent} MB of trailers were taken.");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", 1000, "\r\n", "The request has more than 200 header lines")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", 1000, "\r\n", "The request has more than 200 header lines")]
    public async Task Very_many_fields_are_refused(string before, int fields, string after, string problem)
    {
        await using var server = Server();
        using var socket = Connect(server);

        await socket.SendAsync(Encoding.ASCII.GetBytes(before + string.Concat(Enumerable.Repeat("a: b\r\n", fields)) + after));

        var answer = await ReadToEndAsync(socket);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains(problem, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trailers_that_are_too_long_together_are_refused()
    {
        await using var server = Server();
        using var socket = Connect(server);

        var trailers = string.Concat(Enumerable.Repeat("a: " + new string('b', 10_000) + "\r\n", 7));
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + trailers));

        Assert.Contains("The trailers are longer than 65536 bytes.", await ReadToEndAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public void An_announced_body_costs_memory_only_as_it_comes_in()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 60; i++)
        {
            var body = new BodyBuffer(MaxBody, MaxBody);
            body.Append(new byte[100]);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 60 * 100 * 1024);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void A_body_is_kept_as_it_was_sent(int length)
    {
        var data = new byte[length];
        new Random(1).NextBytes(data);
        var body = new BodyBuffer(MaxBody, length);
        foreach (var piece in data.Chunk(30_000))
        {
            body.Append(piece);
        }

        var request = new HttpRequest("POST", "/", []);
        body.Finish(request);

        Assert.Equal(data, request.Body.ToArray());
        Assert.False(request.IsTooLarge);
    }

    [Fact]
    public async Task More_connections_than_there_may_be_wait_for_their_turn()
    {
        await using var server = Server(maxConnections: 2);
        using var first = Connect(server);
        using var second = Connect(server);
        Assert.StartsWith("HTTP/1.1 200 ", await GetAsync(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await GetAsync(second), StringComparison.Ordinal);

        using var third = Connect(server);
        var waiting = GetAsync(third);
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(100)));
        first.Dispose();

        Assert.StartsWith("HTTP/1.1 200 ", await waiting.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    private static HttpServer Server(int maxConnections = 100)
    {
        var server = new HttpServer(
            static _ => MaxBody, static _ => { }, static _ => new(new HttpResponse(200, "ok"u8.ToArray())), maxConnections);
        server.Start();
        return server;
    }

    private static Socket Connect(HttpServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, server.Port);
        return socket;
    }

    private static async Task<string> GetAsync(Socket socket)
    {
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        var answer = new byte[1024];
        return Encoding.ASCII.GetString(answer, 0, await socket.ReceiveAsync(answer));
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var answer = new StringBuilder();
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(30)) is > 0 and var received)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, received));
            }
        }
        catch (SocketException)
        {
            // What it had not read resets the connection.
        }

        return answer.ToString();
    }

    /// <returns>How often it was sent before the server closed the connection.</returns>
    private static async Task<int> SendUntilClosedAsync(Socket socket, byte[] data, int times)
    {
        for (var i = 0; i < times; i++)
        {
            try
            {
                await socket.SendAsync(data).WaitAsync(TimeSpan.FromSeconds(30));
            }
            catch (SocketException)
            {
                return i;
            }
        }

        return times;
    }
}
