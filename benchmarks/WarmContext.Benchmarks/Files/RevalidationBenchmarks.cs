using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using BenchmarkDotNet.Attributes;
using WarmContext.S3;

namespace WarmContext.Benchmarks.Files;

/// <summary>What does asking "has it changed?" cost over the SDK's own conditional request?</summary>
[MemoryDiagnoser]
public class RevalidationBenchmarks
{
    private BenchmarkBucket _bucket = null!;
    private S3FileCache _cache = null!;
    private string _entityTag = null!;

    // Not async itself: the in-process toolchain of BenchmarkDotNet 0.14 doesn't wait for it.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    private async Task SetupAsync()
    {
        _bucket = await BenchmarkBucket.CreateAsync(10_000);
        _cache = _bucket.Cache(TimeSpan.Zero);
        using var file = await _cache.GetAsync(_bucket.Name, BenchmarkBucket.Key);
        _entityTag = file.EntityTag!;
    }

    [GlobalCleanup]
    public void Cleanup() => _bucket.Dispose();

    [Benchmark(Baseline = true)]
    public async Task SdkConditionalGet()
    {
        try
        {
            using var response = await _bucket.Client.GetObjectAsync(new GetObjectRequest
            {
                BucketName = _bucket.Name,
                Key = BenchmarkBucket.Key,
                EtagToNotMatch = _entityTag,
            });
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotModified)
        {
        }
    }

    [Benchmark]
    public async Task SdkHead()
    {
        var metadata = await _bucket.Client.GetObjectMetadataAsync(new GetObjectMetadataRequest
        {
            BucketName = _bucket.Name,
            Key = BenchmarkBucket.Key,
        });
        if (metadata.ETag != _entityTag)
        {
            throw new InvalidOperationException("The object has changed.");
        }
    }

    [Benchmark]
    public async Task CacheRevalidation() => (await _cache.GetAsync(_bucket.Name, BenchmarkBucket.Key)).Dispose();
}
