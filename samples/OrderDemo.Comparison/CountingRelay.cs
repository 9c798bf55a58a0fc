using System.Net;
using System.Net.Sockets;

namespace OrderDemo;

/// <summary>
/// Stands between a function and the S3 server: counts the requests, and holds each back for as long as S3 itself would take to answer. On loopback S3
/// would otherwise answer in a millisecond, which it does nowhere else.
/// </summary>
public sealed class CountingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Uri _target;
    private readonly TimeSpan _latency;
    private readonly Task _accepting;
    private long _requests;
    private int _connections;

    /// <param name="target">The S3 server.</param>
    /// <param name="latency">How long each request is held back.</param>
    /// <param name="port">Where to listen. <value>Default: any free port.</value></param>
    public CountingRelay(Uri target, TimeSpan latency, int port = 0)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Scheme != Uri.UriSchemeHttp)
        {
            throw new ArgumentException($"The relay reads plain HTTP; {target} is not that.", nameof(target));
        }

        _target = target;
        _latency = latency;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Endpoint = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port).Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>Where the function finds "S3".</summary>
    public Uri Endpoint { get; }

    /// <summary>The requests begun so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>The connections open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stopping.Token);
                relays.RemoveAll(relay => relay.IsCompleted);
                relays.Add(RelayAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        Interlocked.Increment(ref _connections);
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_target.Host, _target.Port, _stopping.Token);
                await using var fromClient = new NetworkStream(client);
                await using var toServer = new NetworkStream(server);

                // Whichever side ends first, the other has nobody to talk to any more.
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                Task requests = RelayRequestsAsync(fromClient, toServer, either.Token);
                Task answers = toServer.CopyToAsync(fromClient, either.Token);
                await Task.WhenAny(requests, answers);
                await either.CancelAsync();
                await Task.WhenAll(requests, answers);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // A closed connection, which is how relaying ends. The disposals above close the other side.
            }
        }

        Interlocked.Decrement(ref _connections);
    }

    private async Task RelayRequestsAsync(Stream client, Stream server, CancellationToken cancellationToken)
    {
        var reader = new RequestReader(client);
        while (await reader.ReadHeadAsync(cancellationToken) is { } head)
        {
            Interlocked.Increment(ref _requests);
            await Task.Delay(_latency, cancellationToken);
            await server.WriteAsync(head.Bytes, cancellationToken);
            await reader.CopyBodyAsync(head.ContentLength, server, cancellationToken);
        }
    }
}
