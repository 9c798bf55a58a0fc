using System.Security.Cryptography;
using Amazon.S3;
using WarmContext.Files;

namespace WarmContext.S3.Tests;

/// <summary>What is asked of S3, read off the requests.</summary>
public sealed class S3RequestTests
{
    private const int PartSize = 64 * 1024;

    private static readonly byte[] s_content = RandomNumberGenerator.GetBytes(3 * PartSize);

    private readonly RecordingS3 _s3 = new(s_content);

    [Fact]
    public async Task Customer_keys_requester_pays_and_the_expected_owner_go_with_every_range()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        using var test = NewCache(options =>
        {
            options.CustomerProvidedKey = Convert.ToBase64String(key);
            options.RequestPayer = RequestPayer.Requester;
            options.ExpectedBucketOwner = "123456789012";
        });
        _s3.WholeBodyEndsAt = PartSize;
        await AssertServedAsync(test, "bucket", "key");

        Assert.True(_s3.Requests.Count > 1, "No range was asked for.");
        Assert.All(_s3.Requests, request =>
        {
            Assert.Equal("AES256", RecordingS3.Header(request, "x-amz-server-side-encryption-customer-algorithm"));
            Assert.Equal(Convert.ToBase64String(key), RecordingS3.Header(request, "x-amz-server-side-encryption-customer-key"));
#pragma warning disable CA5351 // What S3 asks for.
            Assert.Equal(
                Convert.ToBase64String(MD5.HashData(key)), RecordingS3.Header(request, "x-amz-server-side-encryption-customer-key-MD5"));
#pragma warning restore CA5351
            Assert.Equal("requester", RecordingS3.Header(request, "x-amz-request-payer"));
            Assert.Equal("123456789012", RecordingS3.Header(request, "x-amz-expected-bucket-owner"));
        });
    }

    [Fact]
    public async Task Without_options_none_of_them_is_sent()
    {
        using var test = NewCache();
        await AssertServedAsync(test, "bucket", "key");
        Assert.All(_s3.Requests, static request => Assert.DoesNotContain(
            request.Headers, static header =>
                header.Key.Contains("customer", StringComparison.OrdinalIgnoreCase)
                    || header.Key is "x-amz-request-payer" or "x-amz-expected-bucket-owner"));
    }

    [Fact]
    public async Task Ranges_are_asked_for_under_the_entity_tag_and_checksums_with_the_whole_object_alone()
    {
        using var test = NewCache();
        _s3.WholeBodyEndsAt = PartSize;
        await AssertServedAsync(test, "bucket", "key");
        Assert.True(_s3.Requests.Count > 1, "No range was asked for.");
        var first = _s3.Requests.First();
        Assert.Equal("ENABLED", RecordingS3.Header(first, "x-amz-checksum-mode"));
        Assert.Null(first.Headers.Range);
        Assert.All(_s3.Requests.Skip(1), static request =>
        {
            Assert.Equal(RecordingS3.EntityTag, RecordingS3.Header(request, "If-Match"));
            Assert.NotNull(request.Headers.Range);
        });
    }

    [Theory]
    [InlineData(304)]
    [InlineData(204)]
    [InlineData(206)]
    public async Task A_status_that_nobody_asked_for_is_no_file(int status)
    {
        using var test = NewCache();
        _s3.Answer = (_, response) =>
        {
            response.StatusCode = (System.Net.HttpStatusCode)status;
            response.Content = new ByteArrayContent([]);
        };
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await test.Cache.GetAsync("bucket", "key"));
        Assert.Equal(FileCacheError.Protocol, exception.Error);
        _s3.Answer = static (_, _) => { };
        using var file = await test.Cache.GetAsync("bucket", "key");
        Assert.Equal(s_content, await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_pinned_version_is_asked_for_in_every_range()
    {
        using var test = NewCache();
        _s3.WholeBodyEndsAt = PartSize;
        using var file = await test.Cache.GetAsync(new FileId("bucket", "key", "version-1"));
        Assert.Equal(s_content, await File.ReadAllBytesAsync(file.Path));
        Assert.True(_s3.Requests.Count > 1, "No range was asked for.");
        Assert.All(
            _s3.Requests, static request => Assert.Contains("versionId=version-1", request.RequestUri!.Query, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plain-bucket", "plain-bucket.s3.us-west-2.amazonaws.com")]
    [InlineData("arn:aws:s3:us-west-2:123456789012:accesspoint/my-point", "my-point-123456789012.s3-accesspoint.us-west-2.amazonaws.com")]
    [InlineData(
        "my-point-abcdefghijklmnopqrstuvwxyz012345-s3alias",
        "my-point-abcdefghijklmnopqrstuvwxyz012345-s3alias.s3.us-west-2.amazonaws.com")]
    [InlineData("models--usw2-az1--x-s3", "models--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com")]
    public async Task Access_points_and_directory_buckets_pass_through(string bucket, string host)
    {
        using var test = NewCache();
        await AssertServedAsync(test, bucket, "models/prices.bin");
        Assert.All(_s3.Requests, request =>
        {
            Assert.Equal(host, request.RequestUri!.Host);
            Assert.Equal("/models/prices.bin", request.RequestUri.AbsolutePath);
            Assert.Equal(
                bucket.EndsWith("--x-s3", StringComparison.Ordinal) ? "express-token" : null,
                RecordingS3.Header(request, "x-amz-s3session-token"));
        });
    }

    [Theory]
    [InlineData(
        "x-amz-server-side-encryption", "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:us-west-2:123456789012:key/1")]
    [InlineData(
        "x-amz-server-side-encryption-customer-algorithm", "AES256", "x-amz-server-side-encryption-customer-key-MD5",
        "1B2M2Y8AsgTpgAmY7PhCfg==")]
    public async Task An_entity_tag_that_only_looks_like_an_md5_is_not_taken_for_one(
        string header, string value, string other, string otherValue)
    {
        using var test = NewCache();
        _s3.Answer = (_, response) =>
        {
            response.Headers.Remove("ETag");
            response.Headers.TryAddWithoutValidation("ETag", "\"0123456789abcdef0123456789abcdef\"");
            response.Headers.TryAddWithoutValidation(header, value);
            response.Headers.TryAddWithoutValidation(other, otherValue);
        };
        await AssertServedAsync(test, "bucket", "key");
    }

    [Fact]
    public async Task An_answer_that_can_not_be_understood_is_asked_for_once_more()
    {
        using var test = NewCache();
        _s3.Answer = static (number, _) => ThrowIf(number == 1);
        await AssertServedAsync(test, "bucket", "key");
        Assert.Equal(2, _s3.Requests.Count(static request => request.Headers.Range is null));
    }

    [Fact]
    public async Task Answers_that_can_never_be_understood_are_an_error_that_says_so()
    {
        using var test = NewCache();
        _s3.Answer = static (_, _) => ThrowIf(true);
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await test.Cache.GetAsync("bucket", "key"));
        Assert.Equal(FileCacheError.Protocol, exception.Error);
        Assert.Contains("s3://bucket/key", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, _s3.Requests.Count);
    }

    [Fact]
    public async Task An_archived_object_is_named_as_such()
    {
        using var test = NewCache();
        _s3.Answer = static (_, response) =>
        {
            response.StatusCode = System.Net.HttpStatusCode.Forbidden;
            response.Content = new StringContent(
                "<Error><Code>InvalidObjectState</Code></Error>", System.Text.Encoding.UTF8, "application/xml");
        };
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await test.Cache.GetAsync("bucket", "key"));
        Assert.Equal(FileCacheError.Other, exception.Error);
        Assert.Contains("archived", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>What HttpClient was seen to do on a connection whose last answer had gone wrong in the middle.</summary>
    private static void ThrowIf(bool spoilt)
    {
        if (spoilt)
        {
            throw new InvalidOperationException("The connection lost its place.");
        }
    }

    private TestCache NewCache(Action<S3FileCacheOptions>? configure = null) => new(_s3.Client, options =>
    {
        options.PartSize = PartSize;
        options.Parallelism = 1;
        configure?.Invoke(options);
    });

    private static async Task AssertServedAsync(TestCache test, string bucket, string key)
    {
        using var file = await test.Cache.GetAsync(bucket, key);
        Assert.Equal(s_content, await File.ReadAllBytesAsync(file.Path));
    }
}
