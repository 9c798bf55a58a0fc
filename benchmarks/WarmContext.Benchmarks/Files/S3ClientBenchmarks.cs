using Amazon.Runtime;
using Amazon.S3;
using BenchmarkDotNet.Attributes;
using WarmContext.LocalServices;

namespace WarmContext.Benchmarks.Files;

/// <summary>
/// What does a client for each call cost over one that is held, once the process has made its first? Less than many think: clients of the
/// same configuration share one HttpClient and its connections.
/// </summary>
[MemoryDiagnoser]
public class S3ClientBenchmarks
{
    private static S3Server s_server = null!;
    private static AmazonS3Client s_client = null!;
    private static readonly Warm<IAmazonS3> s_warm = new(static () => Create());
    private BenchmarkBucket _bucket = null!;

    // Not async itself: the in-process toolchain of BenchmarkDotNet 0.14 doesn't wait for it.
    [GlobalSetup]
    public void Setup()
    {
        s_server = LocalS3.GetAsync().GetAwaiter().GetResult();
        s_client = Create();
        _bucket = BenchmarkBucket.CreateAsync(1_000).GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _bucket.Dispose();
        s_client.Dispose();
    }

    [Benchmark(Baseline = true)]
    public async Task ClientPerCall()
    {
        using var client = Create();
        await GetAsync(client);
    }

    [Benchmark]
    public Task ClientPerCallKept() => GetAsync(Create());

    [Benchmark]
    public Task StaticClient() => GetAsync(s_client);

    [Benchmark]
    public Task WarmClient() => GetAsync(s_warm.Value);

    [Benchmark]
    public void Construction() => Create().Dispose();

    private async Task GetAsync(IAmazonS3 client)
    {
        using var response = await client.GetObjectAsync(_bucket.Name, BenchmarkBucket.Key);
        await response.ResponseStream.CopyToAsync(Stream.Null);
    }

    private static AmazonS3Client Create() => new(
        new BasicAWSCredentials(s_server.AccessKey, s_server.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = s_server.Endpoint.ToString(),
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        });
}
