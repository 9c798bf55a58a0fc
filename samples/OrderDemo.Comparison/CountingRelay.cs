using System.Net;
using System.Net.Sockets;
using WarmContext.Relay;
using WarmContext.Relay.Http;

namespace OrderDemo;

/// <summary>
/// Stands between a function and the S3 server: counts the requests, and holds each back for as long as S3 itself would take to answer. On
/// loopback S3 would otherwise answer in a millisecond, which it does nowhere else.
/// </summary>
public sealed class CountingRelay : IAsyncDisposable
{
    private readonly TcpRelay _relay;
    private readonly TimeSpan _latency;
    private long _requests;

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

        _latency = latency;
        _relay = new TcpRelay(new DnsEndPoint(target.Host, target.Port), new TcpRelayOptions { Port = port, Serve = ServeAsync });
        Endpoint = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", _relay.EndPoint.Port).Uri;
    }

    /// <summary>Where the function finds "S3".</summary>
    public Uri Endpoint { get; }

    /// <summary>The requests begun so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>The connections open now.</summary>
    public int Connections => _relay.Connections.Count();

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private async Task ServeAsync(RelayedConnection connection, CancellationToken stopping)
    {
        await using var client = new NetworkStream(connection.Client);
        await using var server = new NetworkStream(connection.Server);
        await Duplex.UntilEitherEndsAsync(end => PassRequestsAsync(client, server, end), end => server.CopyToAsync(client, end), stopping);
    }

    private async Task PassRequestsAsync(NetworkStream client, NetworkStream server, CancellationToken cancellationToken)
    {
        var reader = new HttpReader(client);
        while (await reader.ReadHeadAsync(cancellationToken) is { } head)
        {
            if (head.HasTransferEncoding)
            {
                throw new IOException("The relay knows requests with a Content-Length only, which is what the AWS SDK sends.");
            }

            Interlocked.Increment(ref _requests);
            await Task.Delay(_latency, cancellationToken);
            await server.WriteAsync(head.Bytes, cancellationToken);
            await reader.CopyBodyAsync(head.ContentLength, server, cancellationToken);
        }
    }
}
