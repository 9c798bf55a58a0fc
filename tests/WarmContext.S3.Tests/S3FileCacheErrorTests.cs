using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using WarmContext.Files;

namespace WarmContext.S3.Tests;

[Collection(S3Collection.Name)]
public sealed class S3FileCacheErrorTests(S3Fixture s3)
{
    [Fact]
    public async Task A_missing_key_is_named_and_found_once_it_is_there()
    {
        using var test = new TestCache(s3.Client);
        await AssertFailsAsync(test, FileCacheError.NotFound, s3.Bucket, "missing");
        await s3.PutAsync("missing", [1]);
        await Task.Delay(test.Options.NotFoundAge);
        using var file = await test.Cache.GetAsync(s3.Bucket, "missing");
    }

    [Fact]
    public async Task A_missing_bucket_is_named()
    {
        using var test = new TestCache(s3.Client);
        await AssertFailsAsync(test, FileCacheError.ContainerNotFound, "no-such-bucket-here", "key");
    }

    [Fact]
    public async Task Wrong_credentials_are_named()
    {
        using var client = s3.CreateClient(secret: "wrong");
        using var test = new TestCache(client);
        await AssertFailsAsync(test, FileCacheError.NoCredentials, s3.Bucket, "key");
    }

    [Fact]
    public async Task Denied_access_is_named()
    {
        await s3.PutAsync("private", [1]);
        using var client = new AmazonS3Client(
            new AnonymousAWSCredentials(), new AmazonS3Config { ServiceURL = s3.Server.Endpoint.ToString(), ForcePathStyle = true });
        using var test = new TestCache(client);
        await AssertFailsAsync(test, FileCacheError.AccessDenied, s3.Bucket, "private");
    }

    [Fact]
    public async Task Missing_credentials_are_named()
    {
        using var client = new AmazonS3Client(
            new NoCredentials(), new AmazonS3Config { ServiceURL = s3.Server.Endpoint.ToString(), ForcePathStyle = true });
        using var test = new TestCache(client);
        await AssertFailsAsync(test, FileCacheError.NoCredentials, s3.Bucket, "key");
    }

    [Fact]
    public async Task A_server_that_can_not_be_reached_is_named()
    {
        using var client = s3.CreateClient(new Uri($"http://127.0.0.1:{FreePort()}"), configure: static config => config.MaxErrorRetry = 0);
        using var test = new TestCache(client);
        var exception = await AssertFailsAsync(test, FileCacheError.Unreachable, s3.Bucket, "key");
        Assert.Contains("http://127.0.0.1:", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left_at_the_invocation_s_deadline()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = s3.CreateClient(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        using var test = new TestCache(client);
        var runner = new InvocationRunner();
        var info = new InvocationInfo { RequestId = "r-1", Deadline = DateTimeOffset.UtcNow.AddSeconds(1) };
        var watch = Stopwatch.StartNew();

        await runner.RunAsync(info, 0, async (_, _) => await AssertFailsAsync(test, FileCacheError.TimedOut, s3.Bucket, "key"));

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../other-bucket/key")]
    [InlineData("a/./b")]
    [InlineData("a/..")]
    public async Task A_key_that_urls_would_rewrite_is_refused(string key)
    {
        using var test = new TestCache(s3.Client);
        await Assert.ThrowsAsync<ArgumentException>(async () => await test.Cache.GetAsync(s3.Bucket, key));
        Assert.Empty(test.Names("*"));
    }

    [Theory]
    [InlineData(null, "key")]
    [InlineData("", "key")]
    [InlineData("bucket", null)]
    [InlineData("bucket", "")]
    [InlineData("bucket", "nul\0")]
    [InlineData("../bucket", "key")]
    public async Task A_name_that_can_not_be_is_refused(string? bucket, string? key)
    {
        using var test = new TestCache(s3.Client);
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await test.Cache.GetAsync(bucket!, key!));
    }

    [Fact]
    public void Options_that_can_not_be_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new S3FileCache((IAmazonS3)null!));
        Assert.Throws<ArgumentNullException>(() => new S3FileCache((Warm<IAmazonS3>)null!));
        Assert.Throws<ArgumentException>(() => new S3FileCache(s3.Client, new S3FileCacheOptions { ExpectedBucketOwner = "somebody" }));
        var exception = Assert.Throws<ArgumentException>(
            () => new S3FileCache(s3.Client, new S3FileCacheOptions { CustomerProvidedKey = "c2VjcmV0" }));
        Assert.DoesNotContain("c2VjcmV0", exception.Message, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<FileCacheException> AssertFailsAsync(TestCache test, FileCacheError error, string bucket, string key)
    {
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await test.Cache.GetAsync(bucket, key));
        Assert.True(error == exception.Error, exception.ToString());
        Assert.Contains(bucket, exception.Message, StringComparison.Ordinal);
        Assert.Contains(key, exception.Message, StringComparison.Ordinal);
        return exception;
    }

    /// <summary>What the SDK does where it finds no credentials, without looking around on this machine.</summary>
    private sealed class NoCredentials : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() =>
            throw new AmazonClientException(
                "Failed to resolve AWS credentials. The credential providers used to search for credentials returned the following " +
                "errors: none.");
    }
}
