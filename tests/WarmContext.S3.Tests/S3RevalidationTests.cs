using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using WarmContext.Files;

namespace WarmContext.S3.Tests;

/// <summary>How S3 is asked whether an object has changed, read off the requests.</summary>
public sealed class S3RevalidationTests : IDisposable
{
    private const string OtherTag = "\"fedcba9876543210fedcba9876543210-2\"";

    private static readonly byte[] s_content = RandomNumberGenerator.GetBytes(1000);

    private readonly RecordingS3 _s3 = new(s_content);
    private readonly TestCache _test;

    public S3RevalidationTests() => _test = new TestCache(_s3.Client, static options =>
    {
        options.MaximumAge = TimeSpan.Zero;
        options.CustomerProvidedKey = Convert.ToBase64String(new byte[32]);
        options.RequestPayer = RequestPayer.Requester;
        options.ExpectedBucketOwner = "123456789012";
    });

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task An_unchanged_object_costs_one_head_with_all_that_goes_with_every_request()
    {
        var path = await GetAsync();
        Assert.Equal(path, await GetAsync());

        Assert.Equal([HttpMethod.Get, HttpMethod.Head], _s3.Requests.Select(static request => request.Method));
        var head = _s3.Requests.Last();
        Assert.Equal("AES256", RecordingS3.Header(head, "x-amz-server-side-encryption-customer-algorithm"));
        Assert.Equal(Convert.ToBase64String(new byte[32]), RecordingS3.Header(head, "x-amz-server-side-encryption-customer-key"));
        Assert.NotNull(RecordingS3.Header(head, "x-amz-server-side-encryption-customer-key-MD5"));
        Assert.Equal("requester", RecordingS3.Header(head, "x-amz-request-payer"));
        Assert.Equal("123456789012", RecordingS3.Header(head, "x-amz-expected-bucket-owner"));
    }

    [Fact]
    public async Task A_changed_object_is_fetched_after_the_head()
    {
        var path = await GetAsync();
        _s3.Answer = static (_, response) => Tag(response, OtherTag);

        Assert.NotEqual(path, await GetAsync());

        Assert.Equal([HttpMethod.Get, HttpMethod.Head, HttpMethod.Get], _s3.Requests.Select(static request => request.Method));
        Assert.Equal(RecordingS3.EntityTag, RecordingS3.Header(_s3.Requests.Last(), "If-None-Match"));
    }

    [Fact]
    public async Task An_object_that_has_changed_back_after_the_head_keeps_its_file()
    {
        var path = await GetAsync();
        _s3.Answer = static (number, response) =>
        {
            Tag(response, OtherTag);
            response.StatusCode = number == 3 ? HttpStatusCode.NotModified : HttpStatusCode.OK;
        };
        Assert.Equal(path, await GetAsync());
        Assert.Equal(3, _s3.Requests.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.MethodNotAllowed)]
    [InlineData(HttpStatusCode.BadRequest)]
    public async Task Where_a_head_is_refused_a_conditional_get_is_asked(HttpStatusCode refusal)
    {
        var path = await GetAsync();
        _s3.Answer = (number, response) => response.StatusCode = number == 2 ? refusal : HttpStatusCode.NotModified;
        Assert.Equal(path, await GetAsync());
        Assert.Equal(RecordingS3.EntityTag, RecordingS3.Header(_s3.Requests.Last(), "If-None-Match"));
    }

    [Theory]
    [InlineData("NoSuchKey", FileCacheError.NotFound)]
    [InlineData("NoSuchBucket", FileCacheError.ContainerNotFound)]
    public async Task What_is_gone_is_named_as_a_get_names_it(string code, FileCacheError error)
    {
        await GetAsync();
        _s3.Answer = (_, response) =>
        {
            response.StatusCode = HttpStatusCode.NotFound;
            response.Content = new StringContent($"<Error><Code>{code}</Code></Error>", System.Text.Encoding.UTF8, "application/xml");
        };
        Assert.Equal(error, (await Assert.ThrowsAsync<FileCacheException>(GetAsync)).Error);
        Assert.Empty(_test.Names("d-"));
    }

    [Fact]
    public async Task A_server_that_fails_is_not_asked_twice_and_the_copy_is_served()
    {
        var path = await GetAsync();
        _s3.Answer = static (_, response) => response.StatusCode = HttpStatusCode.ServiceUnavailable;
        Assert.Equal(path, await GetAsync());
        Assert.Equal(HttpMethod.Head, _s3.Requests.Last().Method);
        Assert.Equal(2, _s3.Requests.Count);
    }

    private static void Tag(HttpResponseMessage response, string entityTag)
    {
        response.Headers.Remove("ETag");
        response.Headers.TryAddWithoutValidation("ETag", entityTag);
    }

    /// <summary>The path of the file, whose bytes are right.</summary>
    private async Task<string> GetAsync()
    {
        using var file = await _test.Cache.GetAsync("bucket", "key");
        Assert.Equal(s_content, await File.ReadAllBytesAsync(file.Path));
        return file.Path;
    }
}
