using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WarmContext.S3.Tests;

/// <summary>An HTTP proxy in front of the gateway that spoils answers as a test wants: what the real server can't be made to do.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _rangeAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Uri _upstream;
    private readonly Task _accepting;

    public FaultProxy(Uri upstream)
    {
        _upstream = upstream;
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The GET requests so far, in order.</summary>
    public ConcurrentQueue<ProxiedRequest> Requests { get; } = new();

    /// <summary>Chooses what happens to a request; null lets it pass.</summary>
    public Func<ProxiedRequest, Fault?> Rule { get; set; } = static _ => null;

    /// <summary>
    /// The body of a whole object is held back until a range that begins here or later was asked for; null holds none. However busy the machine is, the
    /// range is then not read from that body.
    /// </summary>
    public long? HoldWholeBodiesUntilRangeFrom { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            client.NoDelay = true;
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (var upstream = new TcpClient { NoDelay = true })
            {
                await upstream.ConnectAsync(_upstream.Host, _upstream.Port, _stop.Token);
                var exchange = new ProxyExchange(client, upstream, _stop.Token);
                while (await exchange.ReadRequestAsync() is { } head)
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
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side hung up: so does the other.
        }
    }
}

/// <summary>What a request asked for.</summary>
internal sealed record ProxiedRequest(int Number, string Method, string Path, long? First, long? Last)
{
    public static ProxiedRequest Parse(string head, int number)
    {
        var line = head[..head.IndexOf("\r\n", StringComparison.Ordinal)].Split(' ');
        var range = Header(head, "range")?.Replace("bytes=", string.Empty, StringComparison.OrdinalIgnoreCase).Split('-');
        return new ProxiedRequest(
            number, line[0], line[1],
            range is null ? null : long.Parse(range[0], CultureInfo.InvariantCulture),
            range is null ? null : long.Parse(range[1], CultureInfo.InvariantCulture));
    }

    public static string? Header(string head, string name)
    {
        foreach (var line in head.Split("\r\n").Skip(1))
        {
            if (line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            {
                return line[(name.Length + 1)..].Trim();
            }
        }

        return null;
    }
}

/// <summary>What happens to an answer.</summary>
internal sealed record Fault
{
    public static readonly Fault None = new();

    /// <summary>Closes the connection after so many bytes of the body.</summary>
    public long? TruncateAt { get; init; }

    /// <summary>Resets the connection after so many bytes of the body.</summary>
    public long? ResetAt { get; init; }

    /// <summary>Sends no more after so many bytes of the body.</summary>
    public long? StallAt { get; init; }

    /// <summary>Flips a bit of this byte of the body.</summary>
    public long? FlipAt { get; init; }

    /// <summary>Answers this status and S3 error code instead.</summary>
    public (int Status, string Code)? Error { get; init; }

    /// <summary>Claims 200 and no range, whatever the gateway said.</summary>
    public bool Pretend200 { get; init; }

    /// <summary>Claims another range.</summary>
    public string? ContentRange { get; init; }

    /// <summary>Header lines to add, each with its line end.</summary>
    public string? Headers { get; init; }

    /// <summary>The most bytes a second on the connection.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>How long the answer is held back.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Awaited before the request goes on to the gateway.</summary>
    public Func<Task>? Before { get; init; }

    public static string ErrorAnswer(int status, string code)
    {
        var body = $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>";
        return $"HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
    }
}
