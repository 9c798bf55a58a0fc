using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using WarmContext.S3;

namespace WarmContext.Files.Benchmarks;

/// <summary>How long does a large object take from S3 to the disk, beside the SDK's own ways? The object is a single upload without a stored checksum, so that its MD5 is all there is to check it by.</summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 5)]
public class ColdBenchmarks
{
    private const int Length = 256 * 1024 * 1024;

    private BenchmarkBucket _bucket = null!;
    private TransferUtility _transfer = null!;
    private AmazonS3Client _checksums = null!;

    // Not async itself: the in-process toolchain of BenchmarkDotNet 0.14 doesn't wait for it.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    private async Task SetupAsync()
    {
        _bucket = await BenchmarkBucket.CreateAsync(Length);
        _transfer = new TransferUtility(_bucket.Client);
        _checksums = _bucket.CreateChecksumClient(Length);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _checksums.Dispose();
        _bucket.Dispose();
    }

    [IterationSetup]
    public void Clear()
    {
        foreach (var entry in new DirectoryInfo(_bucket.Root).GetFileSystemInfos())
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

    [Benchmark(Baseline = true)]
    public async Task GetObjectToFile()
    {
        using var response = await _bucket.Client.GetObjectAsync(_bucket.Name, BenchmarkBucket.Key);
        await using var file = File.Create(Destination());
        await response.ResponseStream.CopyToAsync(file);
    }

    [Benchmark]
    public Task TransferUtilityDownload() => _transfer.DownloadAsync(Request());

    [Benchmark]
    public Task TransferUtilityDownloadWithResponsePart() => _transfer.DownloadWithResponseAsync(Request());

    [Benchmark]
    public Task TransferUtilityDownloadWithResponseRange()
    {
        var request = Request();
        request.MultipartDownloadType = MultipartDownloadType.RANGE;
        return _transfer.DownloadWithResponseAsync(request);
    }

    [Benchmark]
    public async Task FileCacheMiss() => (await _bucket.Cache(TimeSpan.FromDays(1)).GetAsync(_bucket.Name, BenchmarkBucket.Key)).Dispose();

    /// <summary>With the checksum that Amazon S3 sends with whatever was uploaded since December 2024.</summary>
    [Benchmark]
    public async Task FileCacheMissWithCrc64() => (await _bucket.Cache(TimeSpan.FromDays(1), _checksums).GetAsync(_bucket.Name, BenchmarkBucket.Key)).Dispose();

    private string Destination() => Path.Combine(_bucket.Root, "destination");

    private TransferUtilityDownloadRequest Request() => new() { BucketName = _bucket.Name, Key = BenchmarkBucket.Key, FilePath = Destination() };
}
