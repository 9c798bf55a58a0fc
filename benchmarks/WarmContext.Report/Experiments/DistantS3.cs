using Amazon.S3;
using WarmContext.Relay;

namespace WarmContext.Report.Experiments;

/// <summary>A client that reaches the gateway through a relay.</summary>
internal sealed class DistantS3(AmazonS3Client client, TcpRelay relay, TlsEnd? end) : IAsyncDisposable
{
    public AmazonS3Client Client { get; } = client;

    public Uri Endpoint => new UriBuilder(end is null ? "http" : "https", "127.0.0.1", relay.EndPoint.Port).Uri;

    public async ValueTask DisposeAsync()
    {
        await relay.DisposeAsync();
        if (end is not null)
        {
            await end.DisposeAsync();
        }
    }
}
