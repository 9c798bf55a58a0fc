using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Util;
using WarmContext.Benchmarks.Files;
using WarmContext.LocalServices;
using WarmContext.Relay;
using WarmContext.S3;

namespace WarmContext.Report.Experiments;

/// <summary>A bucket of one's own in the gateway, clients of it at some distance, and a directory for what is fetched.</summary>
internal sealed class FileLab : IAsyncDisposable
{
    /// <summary>What is larger is uploaded in parts, of this size.</summary>
    public const int UploadPart = 64 * 1024 * 1024;

    private readonly S3Server _server;
    private readonly AmazonS3Client _near;
    private readonly ThrowAwayCertificate _certificate = new();
    private readonly List<AmazonS3Client> _clients = [];

    private FileLab(S3Server server, string directory)
    {
        _server = server;
        Directory = directory;
        _near = Client(server.Endpoint, null);
    }

    public string Bucket { get; } = $"report-{Guid.NewGuid():N}";

    public string Directory { get; }

    /// <summary>Without a relay.</summary>
    public AmazonS3Client Near => _near;

    public static async Task<FileLab> CreateAsync(string workDirectory, CancellationToken cancellationToken)
    {
        var lab = new FileLab(
            await LocalS3.GetAsync(cancellationToken),
            System.IO.Directory.CreateDirectory(Path.Combine(workDirectory, "files-" + Guid.NewGuid().ToString("N")[..8])).FullName);
        await lab._near.PutBucketAsync(lab.Bucket, cancellationToken);
        return lab;
    }

    /// <summary>Puts an object of so many bytes under the key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="length">Its length, in bytes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="atOnce">
    /// False to upload a large one in parts, after which the entity tag is no MD5 and nothing tells what the bytes must be.
    /// </param>
    public async Task PutAsync(string key, long length, CancellationToken cancellationToken, bool atOnce = false)
    {
        if (atOnce || length <= UploadPart)
        {
            await _near.PutObjectAsync(
                new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = Content(length), UseChunkEncoding = false },
                cancellationToken);
            return;
        }

        var upload = await _near.InitiateMultipartUploadAsync(Bucket, key, cancellationToken);
        var parts = new List<PartETag>();
        for (long offset = 0; offset < length; offset += UploadPart)
        {
            var part = await _near.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = Bucket,
                    Key = key,
                    UploadId = upload.UploadId,
                    PartNumber = parts.Count + 1,
                    InputStream = Content(Math.Min(UploadPart, length - offset)),
                    UseChunkEncoding = false,
                },
                cancellationToken);
            parts.Add(new PartETag(parts.Count + 1, part.ETag));
        }

        await _near.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = Bucket, Key = key, UploadId = upload.UploadId, PartETags = parts },
            cancellationToken);
    }

    /// <summary>The way to the gateway at some distance.</summary>
    /// <param name="options">How far.</param>
    /// <param name="tls">Whether it speaks TLS.</param>
    public DistantS3 At(TcpRelayOptions options, bool tls)
    {
        var gateway = new IPEndPoint(IPAddress.Loopback, _server.Endpoint.Port);
        var end = tls ? new TlsEnd(gateway, _certificate.Certificate) : null;
        var relay = new TcpRelay(end?.EndPoint ?? gateway, options);
        var client = Client(
            new UriBuilder(tls ? "https" : "http", "127.0.0.1", relay.EndPoint.Port).Uri,
            tls ? new TrustingHttpClientFactory(_certificate.Certificate.GetCertHashString()) : null);
        _clients.Add(client);
        return new DistantS3(client, relay, end);
    }

    /// <summary>
    /// A client, without a relay, whose answers carry the CRC-64/NVME of an object that was put at once, as those of Amazon S3 do.
    /// </summary>
    /// <param name="length">The object's length, in bytes.</param>
    public AmazonS3Client NearWithChecksums(long length)
    {
        var checksum = Crc64Nvme.Header(Content(length));
        var client = Client(_server.Endpoint, new ChecksumHeaders(() => checksum));
        _clients.Add(client);
        return client;
    }

    public S3FileCache Cache(IAmazonS3 client, TimeSpan maximumAge, string name, long? capacity = null) =>
        new(client, new S3FileCacheOptions { Directory = Path.Combine(Directory, name), MaximumAge = maximumAge, Capacity = capacity });

    /// <summary>Removes what was fetched.</summary>
    public Task ClearAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            foreach (var entry in new DirectoryInfo(Directory).GetFileSystemInfos())
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
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await AmazonS3Util.DeleteS3BucketWithObjectsAsync(_near, Bucket);
        _clients.ForEach(static client => client.Dispose());
        _near.Dispose();
        _certificate.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private AmazonS3Client Client(Uri endpoint, HttpClientFactory? http) => new(
        new BasicAWSCredentials(_server.AccessKey, _server.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = endpoint.ToString(),
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            HttpClientFactory = http,
        });

    private static MemoryStream Content(long length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return new MemoryStream(content);
    }
}
