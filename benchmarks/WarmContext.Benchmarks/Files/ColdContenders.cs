using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Amazon.S3;
using WarmContext.Benchmarks.Turns;
using WarmContext.Files;

namespace WarmContext.Benchmarks.Files;

/// <summary>The ways from S3 to a file on disk.</summary>
internal sealed class ColdContenders(BenchmarkBucket bucket, AmazonS3Client client)
{
    private const long Mebibyte = 1024 * 1024;

    public Contender FileCache =>
        new(
            "`S3FileCache.GetAsync`, a miss",
            async () => (await bucket.Cache(TimeSpan.FromDays(1), client).GetAsync(bucket.Name, BenchmarkBucket.Key)).Dispose());

    public Contender GetObject => new("`GetObjectAsync` copied to a file", async () =>
    {
        using var response = await client.GetObjectAsync(bucket.Name, BenchmarkBucket.Key);
        await using var file = File.Create(bucket.Destination);
        await response.ResponseStream.CopyToAsync(file);
    });

    public Contender Download => new("`TransferUtility.DownloadAsync`", async () =>
    {
        using var transfer = new TransferUtility(client);
        await transfer.DownloadAsync(Request());
    });

    public Contender Part => new("`TransferUtility.DownloadWithResponseAsync`, PART", async () =>
    {
        using var transfer = new TransferUtility(client);
        await transfer.DownloadWithResponseAsync(Request());
    });

    public Contender Range(int requests = 10, int partMebibytes = 8) =>
        new($"`TransferUtility.DownloadWithResponseAsync`, RANGE, {requests} requests of {partMebibytes} MiB", async () =>
    {
        using var transfer = new TransferUtility(client, new TransferUtilityConfig { ConcurrentServiceRequests = requests });
        var request = Request();
        request.MultipartDownloadType = MultipartDownloadType.RANGE;
        request.PartSize = partMebibytes * Mebibyte;
        await transfer.DownloadWithResponseAsync(request);
    });

    private TransferUtilityDownloadRequest Request() =>
        new() { BucketName = bucket.Name, Key = BenchmarkBucket.Key, FilePath = bucket.Destination };
}
