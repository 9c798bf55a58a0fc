using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Diagnostics;

public sealed class FileCacheMetricsTests : IDisposable
{
    private readonly CacheFixture _fixture = new(static options =>
    {
        options.Capacity = 1500;
        options.FreeSpaceFloor = 0;
    });

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Every_figure_is_counted()
    {
        var sums = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        var scheme = $"metrics-{Guid.NewGuid():N}";
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == WarmContextDiagnostics.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            // Other tests run beside this one: its own scheme tells them apart.
            if (tags.Length > 0 && scheme.Equals(tags[0].Value))
            {
                sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.Start();
        var source = new MemorySource(scheme);
        var cache = new FileCache(source, _fixture.Options);
        var id = CacheFixture.Id;
        source.Put(id, CacheFixture.Bytes(1000));

        (await cache.GetAsync(id)).Dispose();
        (await cache.GetAsync(id)).Dispose();
        await cache.GetOrLoadAsync(id, static stream => stream.ReadByte());
        await cache.GetOrLoadAsync(id, static stream => stream.ReadByte());
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        (await cache.GetAsync(id)).Dispose();
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        source.Before = static (_, _) => throw new FileCacheException(FileCacheError.Unreachable, "The source is down.");
        (await cache.GetAsync(id)).Dispose();
        source.Before = null;
        source.Put(new FileId("bucket", "other"), CacheFixture.Bytes(1200));
        (await cache.GetAsync(new FileId("bucket", "other"))).Dispose();
        (await new FileCache(source, _fixture.Options).GetAsync(new FileId("bucket", "other"))).Dispose();
        source.Put(new FileId("bucket", "large"), CacheFixture.Bytes(2000));
        (await cache.GetAsync(new FileId("bucket", "large"))).Dispose();
        source.Put(new FileId("bucket", "damaged"), [1], new FileChecksum(FileChecksumAlgorithm.Crc32, new byte[4]));
        await Assert.ThrowsAsync<FileCacheException>(async () => await cache.GetAsync(new FileId("bucket", "damaged")));

        Assert.Equal(4, sums["warmcontext.files.hits"]);
        Assert.Equal(2, sums["warmcontext.files.misses"]);
        Assert.Equal(2200, sums["warmcontext.files.fetched"]);
        Assert.Equal(1, sums["warmcontext.files.revalidations"]);
        Assert.Equal(1, sums["warmcontext.files.stale"]);
        Assert.Equal(1, sums["warmcontext.files.evictions"]);
        Assert.Equal(1000, sums["warmcontext.files.evicted"]);
        Assert.Equal(1, sums["warmcontext.files.passed_through"]);
        Assert.Equal(2, sums["warmcontext.files.verification_failures"]);
        Assert.True(sums.ContainsKey("warmcontext.files.duration"));
    }
}
