using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.LocalServices;

namespace WarmContext.S3.Tests;

/// <summary>The real gateway, and a bucket of its own for this run.</summary>
public sealed class S3Fixture : IAsyncLifetime
{
    public string Bucket { get; } = $"files-{Guid.NewGuid():N}";

    public S3Server Server { get; private set; } = null!;

    public IAmazonS3 Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await LocalS3.GetAsync(CancellationToken.None);
        Client = CreateClient();
        await Client.PutBucketAsync(Bucket);
    }

    /// <summary>A client of the gateway, or of a proxy in front of it.</summary>
    public AmazonS3Client CreateClient(Uri? endpoint = null, string? secret = null, Action<AmazonS3Config>? configure = null)
    {
        var config = new AmazonS3Config
        {
            ServiceURL = (endpoint ?? Server.Endpoint).ToString(),
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        };
        configure?.Invoke(config);
        return new AmazonS3Client(new BasicAWSCredentials(Server.AccessKey, secret ?? Server.SecretKey), config);
    }

    public async Task<byte[]> PutAsync(string key, int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        await PutAsync(key, content);
        return content;
    }

    public async Task<string> PutAsync(string key, byte[] content)
    {
        var response = await Client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket,
            Key = key,
            InputStream = new MemoryStream(content),
            UseChunkEncoding = false,
        });
        return response.ETag;
    }

    public async Task DisposeAsync()
    {
        string? after = null;
        do
        {
            var list = await Client.ListVersionsAsync(new ListVersionsRequest { BucketName = Bucket, KeyMarker = after });
            foreach (var version in list.Versions ?? [])
            {
                await Client.DeleteObjectAsync(new DeleteObjectRequest
                {
                    BucketName = Bucket,
                    Key = version.Key,
                    VersionId = version.VersionId,
                });
            }

            after = list.IsTruncated == true ? list.NextKeyMarker : null;
        }
        while (after is not null);

        await Client.DeleteBucketAsync(Bucket);
        Client.Dispose();
    }
}
