using System.Net;

namespace WarmContext.LocalServices;

/// <summary>Finds the S3 server for tests, samples and benchmarks.</summary>
public static class LocalS3
{
    /// <summary>The environment variable with the address of a server to use instead of ours.</summary>
    public const string EndpointVariable = "WARMCONTEXT_S3_ENDPOINT";

    /// <summary>The environment variable with that server's access key id.</summary>
    public const string AccessKeyVariable = "WARMCONTEXT_S3_ACCESS_KEY";

    /// <summary>The environment variable with that server's secret access key.</summary>
    public const string SecretKeyVariable = "WARMCONTEXT_S3_SECRET_KEY";

    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>
    /// Returns the server named by WARMCONTEXT_S3_ENDPOINT; without it ours, started first with <c>eng/services up s3</c> when it doesn't
    /// answer. Takes a few milliseconds when ours is up. Safe to call from many threads and processes at once.
    /// </summary>
    /// <exception cref="LocalServiceException">There is no server to be had; the message says what to do.</exception>
    public static async Task<S3Server> GetAsync(CancellationToken cancellationToken = default)
    {
        string? configured = Environment.GetEnvironmentVariable(EndpointVariable);
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return await ConfiguredAsync(configured, cancellationToken).ConfigureAwait(false);
        }

        var endpoint = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", ServiceDefaults.S3Port).Uri;
        if (!await IsReadyAsync(endpoint, cancellationToken).ConfigureAwait(false))
        {
            await ServicesScript.UpAsync("s3", cancellationToken).ConfigureAwait(false);
        }

        return new S3Server(endpoint, ServiceDefaults.S3AccessKey, ServiceDefaults.S3SecretKey);
    }

    private static async Task<S3Server> ConfiguredAsync(string configured, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(configured, UriKind.Absolute, out Uri? endpoint)
            || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
        {
            throw new LocalServiceException(
                $"{EndpointVariable} is '{configured}'; it must be an http or https address, such as http://127.0.0.1:9000.");
        }

        string accessKey = Required(AccessKeyVariable);
        string secretKey = Required(SecretKeyVariable);
        return await FailureAsync(endpoint, cancellationToken).ConfigureAwait(false) is { } failure
            ? throw new LocalServiceException(
                $"The S3 server named by {EndpointVariable} ({configured}) does not answer: {failure.Message}. Start it, "
                    + "correct the variable, or unset it to have eng/services start one.",
                failure)
            : new S3Server(endpoint, accessKey, secretKey);
    }

    private static string Required(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new LocalServiceException($"{EndpointVariable} is set but {variable} is not; set it to that server's key.");

    // eng/services creates this bucket last. Without a signature it is forbidden (403) when it exists and not found (404) before: a gateway
    // that another process is still starting is not taken for a finished one.
    private static async Task<bool> IsReadyAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await s_http.GetAsync(new Uri(endpoint, "warmcontext-ready"), cancellationToken)
                .ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.Forbidden;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    // Any answer will do, a refusal of the unsigned request included: it comes from a server that lives.
    private static async Task<Exception?> FailureAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await s_http.GetAsync(
                endpoint, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return (int)response.StatusCode < 500 ? null : new HttpRequestException($"status {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return e;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return e;
        }
    }
}
