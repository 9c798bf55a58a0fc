using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.LocalServices;
using WarmContext.S3;

namespace WarmContext.Benchmarks.Files;

/// <summary>An object in the local gateway, and caches of it.</summary>
internal sealed class BenchmarkBucket : IDisposable
{
    public const string Key = "object";

    private const int UploadPart = 64 * 1024 * 1024;

    private readonly S3Server _server;

    private BenchmarkBucket(S3Server server)
    {
        _server = server;
        Client = CreateClient(server.Endpoint);
    }

    public string Name { get; } = $"bench-{Guid.NewGuid():N}";

    public AmazonS3Client Client { get; }

    public Uri Endpoint => _server.Endpoint;

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"warmcontext-bench-{Guid.NewGuid():N}");

    public string Destination => Path.Combine(Root, "destination");

    /// <summary>Puts an object there.</summary>
    /// <param name="length">Its length, in bytes.</param>
    /// <param name="multipart">Uploaded in parts, its entity tag is no MD5 and nothing tells what its bytes must be; otherwise the tag is
    /// their MD5.</param>
    public static async Task<BenchmarkBucket> CreateAsync(long length, bool multipart = false)
    {
        var bucket = new BenchmarkBucket(await LocalS3.GetAsync());
        Directory.CreateDirectory(bucket.Root);
        await bucket.Client.PutBucketAsync(bucket.Name);
        if (multipart)
        {
            await bucket.UploadPartsAsync(length);
        }
        else
        {
            await bucket.Client.PutObjectAsync(new PutObjectRequest
            {
                BucketName = bucket.Name,
                Key = Key,
                InputStream = Content(length),
                UseChunkEncoding = false,
            });
        }

        return bucket;
    }

    public AmazonS3Client CreateClient(Uri endpoint, HttpClientFactory? http = null) =>
        new(new BasicAWSCredentials(_server.AccessKey, _server.SecretKey), new AmazonS3Config
    {
        ServiceURL = endpoint.ToString(),
        ForcePathStyle = true,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        HttpClientFactory = http,
    });

    /// <summary>A client whose answers carry the object's CRC-64/NVME, as those of Amazon S3 do.</summary>
    /// <param name="length">The object's length, uploaded at once.</param>
    public AmazonS3Client CreateChecksumClient(long length)
    {
        var checksum = Crc64Nvme.Header(Content(length));
        return CreateClient(Endpoint, new ChecksumHeaders(() => checksum));
    }

    public S3FileCache Cache(TimeSpan maximumAge, AmazonS3Client? client = null) =>
        new(client ?? Client, new S3FileCacheOptions { Directory = Path.Combine(Root, "cache"), MaximumAge = maximumAge });

    /// <summary>Removes what was fetched.</summary>
    public void Clear()
    {
        foreach (var entry in new DirectoryInfo(Root).GetFileSystemInfos())
        {
            if (entry is DirectoryInfo directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    public void Dispose()
    {
        Client.DeleteObjectAsync(Name, Key).GetAwaiter().GetResult();
        Client.DeleteBucketAsync(Name).GetAwaiter().GetResult();
        Client.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private static MemoryStream Content(long length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return new MemoryStream(content);
    }

    private async Task UploadPartsAsync(long length)
    {
        var upload = await Client.InitiateMultipartUploadAsync(Name, Key);
        var parts = new List<PartETag>();
        for (long offset = 0; offset < length; offset += UploadPart)
        {
            var part = await Client.UploadPartAsync(new UploadPartRequest
            {
                BucketName = Name, Key = Key, UploadId = upload.UploadId, PartNumber = parts.Count + 1,
                InputStream = Content(Math.Min(UploadPart, length - offset)), UseChunkEncoding = false,
            });
            parts.Add(new PartETag(parts.Count + 1, part.ETag));
        }

        await Client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = Name,
            Key = Key,
            UploadId = upload.UploadId,
            PartETags = parts,
        });
    }
}
