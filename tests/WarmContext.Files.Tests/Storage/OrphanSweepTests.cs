using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

public sealed class OrphanSweepTests : IDisposable
{
    private const int Size = 100_000;

    private readonly CacheFixture _fixture = new(static options =>
    {
        options.Capacity = (3 * Size) + 1000;
        options.FreeSpaceFloor = 0;
        options.MaximumAge = TimeSpan.FromDays(1);
    });

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Orphans_are_swept_before_the_first_download_and_what_is_alive_stays()
    {
        await GetAsync(1);
        var hash = EntryNames.Hash("memory", Id(2));
        foreach (var name in new[]
        {
            EntryNames.NewTemporary(), EntryNames.NewData(hash, "x.bin"), EntryNames.NewPartial(hash), EntryNames.LockPrefix + hash,
            EntryNames.Record(hash),
        })
        {
            await File.WriteAllTextAsync(Path.Combine(_fixture.Directory, name), "left by a killed process");
        }

        var alive = EntryNames.NewPartial(hash);
        await using (File.Open(Path.Combine(_fixture.Directory, alive), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            Put(3);
            (await _fixture.Reopen().GetAsync(Id(3))).Dispose();
            Assert.Equal([alive], _fixture.Names("p-"));
        }

        Assert.Empty(_fixture.Names("t-"));
        Assert.Empty(_fixture.Names("l-"));
        Assert.Equal(2, _fixture.Names("d-").Length);
        Assert.Equal(2, _fixture.Names("e-").Length);
    }

    [Fact]
    public async Task A_sweep_that_others_were_in_the_way_of_is_made_up_for()
    {
        await GetAsync(1);
        var orphan = EntryNames.NewTemporary();
        await File.WriteAllTextAsync(Path.Combine(_fixture.Directory, orphan), "left by a killed process");
        var restarted = _fixture.Reopen();
        Put(2);
        Put(3);
        using (LockFile.ForCommits(new CacheDirectory(_fixture.Directory), EnvironmentClock.System).AcquireShared())
        {
            (await restarted.GetAsync(Id(2))).Dispose();
            Assert.Equal([orphan], _fixture.Names("t-"));
        }

        (await restarted.GetAsync(Id(3))).Dispose();
        Assert.Empty(_fixture.Names("t-"));
    }

    [Fact]
    public async Task A_record_whose_file_is_gone_is_swept()
    {
        await GetAsync(1);
        File.Delete(Path.Combine(_fixture.Directory, _fixture.Names("d-").Single()));
        Put(2);
        (await _fixture.Reopen().GetAsync(Id(2))).Dispose();
        Assert.Equal([EntryNames.Record(EntryNames.Hash("memory", Id(2)))], _fixture.Names("e-"));
    }

    [Theory]
    [InlineData(14, 1)]
    [InlineData(15, 0)]
    public async Task What_can_be_resumed_is_kept_for_as_long_as_the_longest_invocation(int minutes, int kept)
    {
        const int PartSize = 64 * 1024;
        using var fixture = new CacheFixture(static options => (
            options.PartSize, options.Parallelism, options.MaxAttempts) = (PartSize, 1, 1));
        fixture.Source.Put(Id(1), CacheFixture.Bytes(4 * PartSize));
        fixture.Source.Put(Id(2), [2]);
        fixture.Source.Body = static (request, body) =>
            request.Offset >= 2 * PartSize ? new BrokenStream(body, 0) : new BrokenStream(body, 2 * PartSize);
        await Assert.ThrowsAsync<FileCacheException>(async () => await fixture.Cache.GetAsync(Id(1)));
        fixture.Source.Body = null;
        File.SetLastWriteTimeUtc(
            Path.Combine(fixture.Directory, Assert.Single(fixture.Names("p-"))),
            fixture.Time.GetUtcNow().UtcDateTime - TimeSpan.FromMinutes(minutes));

        (await fixture.Reopen().GetAsync(Id(2))).Dispose();

        Assert.Equal(kept, fixture.Names("p-").Length);
    }

    private static FileId Id(int number) => new("bucket", $"key-{number}");

    private void Put(int number) => _fixture.Source.Put(Id(number), CacheFixture.Bytes(Size, number));

    private async Task GetAsync(int number)
    {
        Put(number);
        using var file = await _fixture.Cache.GetAsync(Id(number));
        Assert.False(file.IsPassThrough);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
    }
}
