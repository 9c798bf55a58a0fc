using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WarmContext.Relay;
using WarmContext.Relay.Http;

namespace WarmContext.S3.Tests;

/// <summary>A relay in front of the gateway that spoils answers as a test wants: what the real server can't be made to do.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TaskCompletionSource _rangeAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TcpRelay _relay;

    public FaultProxy(Uri upstream) =>
        _relay = new TcpRelay(new DnsEndPoint(upstream.Host, upstream.Port), new TcpRelayOptions { Serve = ServeAsync });

    public Uri Endpoint => new($"http://127.0.0.1:{_relay.EndPoint.Port}");

    /// <summary>The GET requests so far, in order.</summary>
    public ConcurrentQueue<ProxiedRequest> Requests { get; } = new();

    /// <summary>Chooses what happens to a request; null lets it pass.</summary>
    public Func<ProxiedRequest, Fault?> Rule { get; set; } = static _ => null;

    /// <summary>
    /// The body of a whole object is held back until a range that begins here or later was asked for; null holds none. However busy the
    /// machine is, the range is then not read from that body.
    /// </summary>
    public long? HoldWholeBodiesUntilRangeFrom { get; set; }

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private async Task ServeAsync(RelayedConnection connection, CancellationToken stopping)
    {
        await using var client = new NetworkStream(connection.Client);
        await using var upstream = new NetworkStream(connection.Server);
        var requests = new HttpReader(client);
        var exchange = new ProxyExchange(connection, client, upstream, stopping);
        while (await requests.ReadHeadAsync(stopping) is { } head)
        {
            var request = ProxiedRequest.Parse(head, Requests.Count + 1);
            Requests.Enqueue(request);
            if (request.First >= HoldWholeBodiesUntilRangeFrom)
            {
                _rangeAsked.TrySetResult();
            }

            var bodyMayCome = request.First is null && HoldWholeBodiesUntilRangeFrom is not null ? _rangeAsked.Task : Task.CompletedTask;
            if (!await exchange.AnswerAsync(head, request, Rule(request) ?? Fault.None, bodyMayCome))
            {
                return;
            }
        }
    }
}

/// <summary>What a request asked for.</summary>
internal sealed record ProxiedRequest(int Number, string Method, string Path, long? First, long? Last)
{
    public static ProxiedRequest Parse(HttpHead head, int number)
    {
        var line = head.Text[..head.Text.IndexOf("\r\n", StringComparison.Ordinal)].Split(' ');
        var range = head.Header("range")?.Replace("bytes=", string.Empty, StringComparison.OrdinalIgnoreCase).Split('-');
        return new ProxiedRequest(
            number, line[0], line[1],
            range is null ? null : long.Parse(range[0], CultureInfo.InvariantCulture),
            range is null ? null : long.Parse(range[1], CultureInfo.InvariantCulture));
    }
}
