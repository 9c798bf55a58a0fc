using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using WarmContext.S3;

namespace WarmContext.Report.Experiments;

/// <summary>The ways in which functions get at a file in S3, each as its advocates would write it.</summary>
internal sealed class FileWays(FileLab lab, AmazonS3Client client, string key, string name) : IDisposable
{
    private readonly TransferUtility _transfer = new(client);
    private readonly string _naive = Path.Combine(lab.Directory, name + ".naive");
    private readonly string _destination = Path.Combine(lab.Directory, name + ".destination");
    private readonly S3FileCache _fresh = lab.Cache(client, TimeSpan.FromDays(1), name + "-fresh");
    private readonly S3FileCache _old = lab.Cache(client, TimeSpan.Zero, name + "-old");
    private string? _entityTag;

    /// <summary>Into memory, or nowhere: what a function does that parses at once.</summary>
    public async Task GetAsync(CancellationToken cancellationToken)
    {
        using var response = await client.GetObjectAsync(lab.Bucket, key, cancellationToken);
        await response.ResponseStream.CopyToAsync(Stream.Null, cancellationToken);
    }

    public async Task GetToFileAsync(CancellationToken cancellationToken)
    {
        using var response = await client.GetObjectAsync(lab.Bucket, key, cancellationToken);
        await using var file = File.Create(_destination);
        await response.ResponseStream.CopyToAsync(file, cancellationToken);
    }

    /// <summary>The cache of many a tutorial: what is there is taken, whole or not, however old.</summary>
    public async Task ExistsAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(_naive))
        {
            using var response = await client.GetObjectAsync(lab.Bucket, key, cancellationToken);
            await using var created = File.Create(_naive);
            await response.ResponseStream.CopyToAsync(created, cancellationToken);
        }

        await using var file = File.OpenRead(_naive);
    }

    public Task TransferAsync(CancellationToken cancellationToken) => _transfer.DownloadAsync(Request(), cancellationToken);

    public Task TransferPartsAsync(CancellationToken cancellationToken) =>
        _transfer.DownloadWithResponseAsync(Request(), cancellationToken);

    public Task TransferRangesAsync(CancellationToken cancellationToken)
    {
        var request = Request();
        request.MultipartDownloadType = MultipartDownloadType.RANGE;
        return _transfer.DownloadWithResponseAsync(request, cancellationToken);
    }

    public async Task SdkNotModifiedAsync(CancellationToken cancellationToken)
    {
        _entityTag ??= (await client.GetObjectMetadataAsync(lab.Bucket, key, cancellationToken)).ETag;
        try
        {
            using var response = await client.GetObjectAsync(
                new GetObjectRequest { BucketName = lab.Bucket, Key = key, EtagToNotMatch = _entityTag }, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotModified)
        {
            // The SDK's way of saying so.
        }
    }

    /// <summary>A cache that has nothing yet.</summary>
    public async Task MissAsync(CancellationToken cancellationToken)
    {
        using var file = await lab.Cache(client, TimeSpan.FromDays(1), name + "-miss").GetAsync(lab.Bucket, key, cancellationToken);
    }

    public async Task HitAsync(CancellationToken cancellationToken)
    {
        using var file = await _fresh.GetAsync(lab.Bucket, key, cancellationToken);
        await using var stream = file.OpenRead();
    }

    public async Task ParsedAsync(CancellationToken cancellationToken) =>
        await _fresh.GetOrLoadAsync(lab.Bucket, key, static stream => stream.ReadByte(), cancellationToken);

    public async Task RevalidateAsync(CancellationToken cancellationToken)
    {
        using var file = await _old.GetAsync(lab.Bucket, key, cancellationToken);
    }

    /// <summary>Removes what <see cref="MissAsync"/> and the downloads have left, so that the next begins with nothing.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            File.Delete(_destination);
            File.Delete(_naive);
            if (Directory.Exists(Path.Combine(lab.Directory, name + "-miss")))
            {
                Directory.Delete(Path.Combine(lab.Directory, name + "-miss"), recursive: true);
            }
        },
        cancellationToken);

    public void Dispose() => _transfer.Dispose();

    private TransferUtilityDownloadRequest Request() => new() { BucketName = lab.Bucket, Key = key, FilePath = _destination };
}
