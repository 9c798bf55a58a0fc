using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.LocalServices;
using WarmContext.S3;

namespace WarmContext.Files.Benchmarks;

/// <summary>An object in the local gateway, and caches of it.</summary>
internal sealed class BenchmarkBucket : IDisposable
{
    public const string Key = "object";

    private BenchmarkBucket(AmazonS3Client client) => Client = client;

    public string Name { get; } = $"bench-{Guid.NewGuid():N}";

    public AmazonS3Client Client { get; }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"warmcontext-bench-{Guid.NewGuid():N}");

    public static async Task<BenchmarkBucket> CreateAsync(int length)
    {
        var server = await LocalS3.GetAsync();
        var bucket = new BenchmarkBucket(new AmazonS3Client(new BasicAWSCredentials(server.AccessKey, server.SecretKey), new AmazonS3Config
        {
            ServiceURL = server.Endpoint.ToString(),
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        }));
        Directory.CreateDirectory(bucket.Root);
        await bucket.Client.PutBucketAsync(bucket.Name);
        var content = new byte[length];
        new Random(1).NextBytes(content);
        await bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket.Name, Key = Key, InputStream = new MemoryStream(content), UseChunkEncoding = false });
        return bucket;
    }

    public S3FileCache Cache(TimeSpan maximumAge) => new(Client, new S3FileCacheOptions { Directory = Path.Combine(Root, "cache"), MaximumAge = maximumAge });

    public void Dispose()
    {
        Client.DeleteObjectAsync(Name, Key).GetAwaiter().GetResult();
        Client.DeleteBucketAsync(Name).GetAwaiter().GetResult();
        Client.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
