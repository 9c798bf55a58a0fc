using Amazon.Runtime;

namespace WarmContext.Benchmarks.Files;

/// <summary>
/// Adds to answers what Amazon S3 sends with every object uploaded since December 2024 and the local gateway doesn't store: the CRC-64/NVME
/// of the whole object. On answers to whole-object requests alone: those for a range have none.
/// </summary>
internal sealed class ChecksumHeaders(Func<string> checksum) : HttpClientFactory
{
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(checksum));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => true;

    public override string GetConfigUniqueString(IClientConfig clientConfig) => clientConfig.ServiceURL + GetHashCode();

    private sealed class Handler(Func<string> checksum) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method == HttpMethod.Get && request.Headers.Range is null && response.IsSuccessStatusCode)
            {
                response.Headers.Add("x-amz-checksum-crc64nvme", checksum());
                response.Headers.Add("x-amz-checksum-type", "FULL_OBJECT");
            }

            return response;
        }
    }
}
