using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Util;
using WarmContext.LocalServices;
using WarmContext.Network;
using WarmContext.S3;

namespace WarmContext.Report.Experiments;

/// <summary>A bucket of one's own in the gateway, clients of it at some distance, and a directory for what is fetched.</summary>
internal sealed class FileLab : IAsyncDisposable
{
    private const int UploadPart = 64 * 1024 * 1024;

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
        var lab = new FileLab(await LocalS3.GetAsync(cancellationToken), System.IO.Directory.CreateDirectory(Path.Combine(workDirectory, "files-" + Guid.NewGuid().ToString("N")[..8])).FullName);
        await lab._near.PutBucketAsync(lab.Bucket, cancellationToken);
        return lab;
    }

    /// <summary>Puts an object of so many bytes under the key; a large one in parts.</summary>
    public async Task PutAsync(string key, long length, CancellationToken cancellationToken)
    {
        if (length <= UploadPart)
        {
            await _near.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = Content(length), UseChunkEncoding = false }, cancellationToken);
            return;
        }

        var upload = await _near.InitiateMultipartUploadAsync(Bucket, key, cancellationToken);
        var parts = new List<PartETag>();
        for (long offset = 0; offset < length; offset += UploadPart)
        {
            var part = await _near.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = Bucket, Key = key, UploadId = upload.UploadId, PartNumber = parts.Count + 1, InputStream = Content(Math.Min(UploadPart, length - offset)), UseChunkEncoding = false,
                },
                cancellationToken);
            parts.Add(new PartETag(parts.Count + 1, part.ETag));
        }

        await _near.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = Bucket, Key = key, UploadId = upload.UploadId, PartETags = parts }, cancellationToken);
    }

    /// <summary>The way to the gateway at some distance.</summary>
    /// <param name="options">How far.</param>
    /// <param name="tls">Whether it speaks TLS.</param>
    public DistantS3 At(NetworkRelayOptions options, bool tls)
    {
        var gateway = new IPEndPoint(IPAddress.Loopback, _server.Endpoint.Port);
        var end = tls ? new TlsEnd(gateway, _certificate.Certificate) : null;
        var relay = new NetworkRelay(end?.EndPoint ?? gateway, options);
        var client = Client(new UriBuilder(tls ? "https" : "http", "127.0.0.1", relay.EndPoint.Port).Uri, tls ? _certificate.Certificate.GetCertHashString() : null);
        _clients.Add(client);
        return new DistantS3(client, relay, end);
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

    private AmazonS3Client Client(Uri endpoint, string? thumbprint)
    {
        var config = new AmazonS3Config { ServiceURL = endpoint.ToString(), ForcePathStyle = true, RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED };
        if (thumbprint is not null)
        {
            config.HttpClientFactory = new TrustingHttpClientFactory(thumbprint);
        }

        return new AmazonS3Client(new BasicAWSCredentials(_server.AccessKey, _server.SecretKey), config);
    }

    private static MemoryStream Content(long length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return new MemoryStream(content);
    }
}
