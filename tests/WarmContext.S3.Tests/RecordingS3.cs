using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.S3;

namespace WarmContext.S3.Tests;

/// <summary>
/// A client of Amazon S3 itself, Region and all, whose requests are written down and answered here: for what only the real service has,
/// such as access points and directory buckets.
/// </summary>
internal sealed class RecordingS3 : HttpClientFactory
{
    public const string EntityTag = "\"0123456789abcdef0123456789abcdef-2\"";

    private readonly byte[] _content;

    public RecordingS3(byte[] content)
    {
        _content = content;
        Client = new AmazonS3Client(new BasicAWSCredentials("key", "secret"), new AmazonS3Config
        {
            RegionEndpoint = Amazon.RegionEndpoint.USWest2, HttpClientFactory = this, MaxErrorRetry = 0,

            // Otherwise the SDK asks for checksums by itself, and nobody sees whether the cache does.
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    public AmazonS3Client Client { get; }

    /// <summary>Every request for an object, in order.</summary>
    public ConcurrentQueue<HttpRequestMessage> Requests { get; } = new();

    /// <summary>After so many bytes the bodies of whole objects end, so that the rest must be asked for in ranges.</summary>
    public int WholeBodyEndsAt { get; set; } = int.MaxValue;

    /// <summary>Changes an answer, or throws in its place; told the request's number from 1.</summary>
    public Action<int, HttpResponseMessage> Answer { get; set; } = static (_, _) => { };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private HttpResponseMessage AnswerTo(HttpRequestMessage request)
    {
        if (request.RequestUri!.Query.Contains("session", StringComparison.Ordinal))
        {
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    "<CreateSessionResult><Credentials><AccessKeyId>k</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                    + "<SessionToken>express-token</SessionToken>"
                    + $"<Expiration>{DateTime.UtcNow.AddMinutes(5):yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials></CreateSessionResult>"),
            };
        }

        Requests.Enqueue(request);
        var (first, last) = request.Headers.Range?.Ranges.Single() is { } range
            ? ((int)range.From!, (int)range.To!)
            : (0, _content.Length - 1);
        var response = new HttpResponseMessage(request.Headers.Range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent)
        {
            Content = new ByteArrayContent(_content, first, last - first + 1),
        };
        response.Headers.TryAddWithoutValidation("ETag", EntityTag);
        if (request.Headers.Range is null && WholeBodyEndsAt < _content.Length)
        {
            response.Content = new StreamContent(new MemoryStream(_content, 0, WholeBodyEndsAt));
            response.Content.Headers.ContentLength = _content.Length;
        }
        else if (request.Headers.Range is not null)
        {
            response.Content.Headers.ContentRange = new ContentRangeHeaderValue(first, last, _content.Length);
        }

        Answer(Requests.Count, response);
        return response;
    }

    private sealed class Handler(RecordingS3 owner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(owner.AnswerTo(request));
    }
}
