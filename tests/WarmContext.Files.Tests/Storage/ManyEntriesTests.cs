using System.Runtime.CompilerServices;
using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

/// <summary>What a miss costs doesn't grow with the number of files, and what is gone leaves the memory.</summary>
public sealed class ManyEntriesTests : IDisposable
{
    private const int Many = 1500;
    private const int Misses = 50;

    private readonly CacheFixture _fixture = new(static options => options.MaximumAge = TimeSpan.FromDays(1));

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_miss_does_not_look_through_a_large_directory(bool atCapacity)
    {
        Fill();
        _fixture.Options.FreeSpaceFloor = 0;
        _fixture.Options.Capacity = atCapacity ? Many * 10 : null;
        var cache = _fixture.Reopen();
        for (var i = 0; i < Misses; i++)
        {
            _fixture.Source.Put(Id(i), new byte[10]);
            using var file = await cache.GetAsync(Id(i));
            Assert.False(file.IsPassThrough);
        }

        // One for the space, and one for the sweep beside it.
        Assert.InRange(cache.Store.Directory.Listings, 1, 4);
        Assert.Equal(atCapacity ? Many : Many + Misses, _fixture.Names("d-").Length);
    }

    [Fact]
    public async Task What_another_process_has_removed_leaves_the_memory_at_the_next_miss()
    {
        var parsed = await ParseAsync();
        _fixture.Reopen().Clear();
        _fixture.Time.Advance(TimeSpan.FromSeconds(6));
        _fixture.Source.Put(Id(99), [1]);
        (await _fixture.Cache.GetAsync(Id(99))).Dispose();
        for (var tries = 0; parsed.Any(static value => value.IsAlive) && tries < 1000; tries++)
        {
            await Task.Delay(10);
            GC.Collect();
        }

        Assert.DoesNotContain(parsed, static value => value.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<List<WeakReference>> ParseAsync()
    {
        var parsed = new List<WeakReference>();
        for (var i = 0; i < 10; i++)
        {
            _fixture.Source.Put(Id(i), [1]);
            parsed.Add(new WeakReference(await _fixture.Cache.GetOrLoadAsync(Id(i), static _ => new byte[1000])));
        }

        return parsed;
    }

    private void Fill()
    {
        var directory = new CacheDirectory(_fixture.Directory);
        directory.Prepare();
        var records = new RecordFiles(directory, _fixture.Environment.Clock);
        for (var i = 0; i < Many; i++)
        {
            var id = new FileId("bucket", $"old-{i}");
            var hash = EntryNames.Hash("memory", id);
            var name = EntryNames.NewData(hash, id.Key);
            File.WriteAllBytes(directory.PathOf(name), new byte[10]);
            var record = new EntryRecord { Scheme = "memory", Id = id, DataName = name, Length = 10, BootId = RecordFiles.CurrentBootId };
            Assert.True(records.TryCommit(hash, record, Freshness.Now(_fixture.Environment.Clock)));
        }
    }

    private static FileId Id(int number) => new("bucket", $"key-{number}");
}
