using BenchmarkDotNet.Attributes;
using WarmContext.Files;
using WarmContext.S3;

namespace WarmContext.Benchmarks.Files;

/// <summary>What does a hit cost, beside opening the file, and beside asking S3 every time?</summary>
[MemoryDiagnoser]
public class HitBenchmarks
{
    private BenchmarkBucket _bucket = null!;
    private S3FileCache _cache = null!;
    private string _path = null!;

    // Not async itself: the in-process toolchain of BenchmarkDotNet 0.14 doesn't wait for it.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    private async Task SetupAsync()
    {
        _bucket = await BenchmarkBucket.CreateAsync(10_000);
        _cache = _bucket.Cache(TimeSpan.FromDays(1));
        using var file = await _cache.GetAsync(_bucket.Name, BenchmarkBucket.Key);
        _path = file.Path;
        await _cache.GetOrLoadAsync(_bucket.Name, BenchmarkBucket.Key, static stream => stream.ReadByte());
    }

    [GlobalCleanup]
    public void Cleanup() => _bucket.Dispose();

    [Benchmark(Baseline = true)]
    public void OpenAndCloseFile() => File.OpenHandle(_path).Dispose();

    [Benchmark]
    public async ValueTask LeaseHit() => (await LeaseAsync()).Dispose();

    [Benchmark]
    public ValueTask<int> ParsedHit() => _cache.GetOrLoadAsync(_bucket.Name, BenchmarkBucket.Key, static stream => stream.ReadByte());

    [Benchmark]
    public async Task GetObjectEveryTime()
    {
        using var response = await _bucket.Client.GetObjectAsync(_bucket.Name, BenchmarkBucket.Key);
        await response.ResponseStream.CopyToAsync(Stream.Null);
    }

    internal ValueTask<CachedFile> LeaseAsync() => _cache.GetAsync(_bucket.Name, BenchmarkBucket.Key);
}
