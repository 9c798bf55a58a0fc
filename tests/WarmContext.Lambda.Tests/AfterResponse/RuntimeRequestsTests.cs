using System.Net;
using System.Net.Sockets;
using System.Text;
using WarmContext.Lambda.AfterResponse;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>The signs that a runtime's own HttpClient gives, over a server that answers when it is told to.</summary>
public sealed class RuntimeRequestsTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly HttpClient _runtime = new();
    private readonly RuntimeRequests _requests;

    public RuntimeRequestsTests()
    {
        _server.Start();
        _requests = new RuntimeRequests(Address);
        _requests.Start();
    }

    private string Address => ((IPEndPoint)_server.LocalEndpoint).ToString();

    public void Dispose()
    {
        _requests.Dispose();
        _runtime.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_response_to_the_event_ends_the_wait_and_one_to_the_event_before_does_not()
    {
        await DeliverAsync();
        var deliveries = _requests.Deliveries;
        await PostAsync();
        var over = _requests.WhenOver(deliveries);
        Assert.False(over.IsCompleted);

        await DeliverAsync();
        Assert.False(over.IsCompleted);
        await PostAsync();
        await over.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_event_whose_response_was_sent_before_anybody_asked_is_over_at_once()
    {
        await DeliverAsync();
        await PostAsync();

        Assert.True(_requests.WhenOver(0).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_response_that_is_streamed_past_the_client_shows_in_the_next_request()
    {
        await DeliverAsync();
        var over = _requests.WhenOver(0);
        Assert.False(over.IsCompleted);

        var (next, socket) = await AskAsync();
        await over.WaitAsync(TimeSpan.FromSeconds(30));
        await AnswerAsync(socket);
        (await next).Dispose();
    }

    [Fact]
    public async Task Requests_to_other_addresses_tell_nothing()
    {
        var other = new RuntimeRequests("127.0.0.1:1");
        other.Start();
        await DeliverAsync();

        Assert.True(_requests.HasSeenAny);
        Assert.False(other.HasSeenAny);
        other.Dispose();
    }

    private async Task DeliverAsync()
    {
        var (next, socket) = await AskAsync();
        await AnswerAsync(socket);
        (await next).Dispose();
    }

    private async Task PostAsync()
    {
        var posted = _runtime.PostAsync(new Uri($"http://{Address}/response"), new StringContent("x"));
        await AnswerAsync(await _server.AcceptSocketAsync());
        (await posted).Dispose();
    }

    private async Task<(Task<HttpResponseMessage> Next, Socket Socket)> AskAsync()
    {
        var next = _runtime.GetAsync(new Uri($"http://{Address}/next"));
        return (next, await _server.AcceptSocketAsync());
    }

    // Each request has a connection of its own, which ends with the answer.
    private static async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            socket.Shutdown(SocketShutdown.Send);
        }
    }
}
