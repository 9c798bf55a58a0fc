using System.Net.Http;
using System.Net.Security;
using Amazon.Runtime;

namespace WarmContext.Report.Experiments;

/// <summary>Has the AWS SDK accept the throw-away certificate of the relay, and no other.</summary>
internal sealed class TrustingHttpClientFactory(string thumbprint) : HttpClientFactory
{
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == thumbprint,
            },
        },
        disposeHandler: true);

    // One HttpClient for all clients of this configuration, as the SDK has by default.
    public override string GetConfigUniqueString(IClientConfig clientConfig) => thumbprint;
}
