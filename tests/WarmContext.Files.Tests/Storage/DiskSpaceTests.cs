using WarmContext.Files.Diagnostics;
using WarmContext.Files.Download;
using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

public sealed class DiskSpaceTests : IDisposable
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
    public async Task The_least_recently_used_file_is_evicted()
    {
        await GetAsync(1);
        await GetAsync(2);
        await GetAsync(3);
        await GetAsync(1);
        await GetAsync(4);

        Assert.Equal([1, 3, 4], Held());
        Assert.Equal(3, _fixture.Names("d-").Length);
        Assert.Equal(3, _fixture.Names("e-").Length);
    }

    [Fact]
    public async Task A_leased_file_is_never_evicted()
    {
        Put(1);
        using var leased = await _fixture.Cache.GetAsync(Id(1));
        for (var i = 2; i < 8; i++)
        {
            await GetAsync(i);
        }

        Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(leased.Path));
        Assert.Contains(1, Held());
    }

    [Fact]
    public async Task A_file_leased_by_another_cache_over_the_directory_is_never_evicted()
    {
        Put(1);
        var other = _fixture.Reopen();
        using var leased = await other.GetAsync(Id(1));
        for (var i = 2; i < 8; i++)
        {
            await GetAsync(i);
        }

        Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(leased.Path));
    }

    [Fact]
    public async Task With_everything_leased_a_file_is_passed_through()
    {
        var leases = new List<CachedFile>();
        for (var i = 1; i <= 3; i++)
        {
            Put(i);
            leases.Add(await _fixture.Cache.GetAsync(Id(i)));
        }

        Put(4);
        using (var file = await _fixture.Cache.GetAsync(Id(4)))
        {
            Assert.True(file.IsPassThrough);
        }

        leases.ForEach(static lease => lease.Dispose());
        using var again = await _fixture.Cache.GetAsync(Id(4));
        Assert.False(again.IsPassThrough);
    }

    [Fact]
    public async Task A_file_larger_than_the_cache_is_passed_through_and_evicts_nothing()
    {
        await GetAsync(1);
        await GetAsync(2);
        var content = CacheFixture.Bytes(4 * Size, 9);
        _fixture.Source.Put(Id(9), content);

        using (var file = await _fixture.Cache.GetAsync(Id(9)))
        {
            Assert.True(file.IsPassThrough);
            Assert.Contains("Capacity", Assert.Throws<InvalidOperationException>(() => file.Path).Message, StringComparison.Ordinal);
            using var memory = new MemoryStream();
            await using (var stream = file.OpenRead())
            {
                await stream.CopyToAsync(memory);
            }

            Assert.Equal(content, memory.ToArray());
            Assert.Throws<InvalidOperationException>(file.OpenRead);
        }

        Assert.Equal([1, 2], Held());
        Assert.Equal(content.Length, await _fixture.Cache.GetOrLoadAsync(Id(9), static stream =>
        {
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return (int)memory.Length;
        }));
    }

    [Fact]
    public async Task A_passed_through_file_that_comes_damaged_fails_at_its_end()
    {
        _fixture.Source.Put(Id(9), CacheFixture.Bytes(4 * Size, 9), new FileChecksum(FileChecksumAlgorithm.Crc32C, new byte[4]));
        using var file = await _fixture.Cache.GetAsync(Id(9));
        await using var stream = file.OpenRead();
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await stream.CopyToAsync(Stream.Null));
        Assert.Equal(FileCacheError.Corrupt, exception.Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task A_disk_that_turns_out_full_under_way_costs_the_oldest_file_and_one_more_try(int times)
    {
        await GetAsync(1);
        await GetAsync(2);
        Put(3);
        var clock = _fixture.Environment.Clock;
        var metrics = new FileCacheMetrics("memory");
        var store = new EntryStore(new CacheDirectory(_fixture.Directory), "memory", clock, false, metrics);
        var space = new DiskSpace(store, _fixture.Options, [], metrics);
        var tries = 0;
        var target = new DownloadTarget
        {
            Id = Id(3),
            Progress = static (_, _) => { },
            Commit = (partial, record, seen) => ++tries <= times
                ? throw new IOException("No space left on device", 0x1C)
                : store.Commit(partial, record, seen, static publish => publish()),
        };
        var download = new FileDownload(store, _fixture.Source, _fixture.Options, space, metrics)
            .RunAsync(target, null, Freshness.Now(clock), CancellationToken.None);
        if (times == 1)
        {
            (await download).Release();
        }
        else
        {
            // And then it is read straight from its source.
            await Assert.ThrowsAsync<NoRoomException>(() => download);
        }

        Assert.Equal(2, tries);
        Assert.Equal(times == 1 ? [2, 3] : [2], Held());
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task What_another_process_adds_counts_after_a_while()
    {
        await GetAsync(1);
        var other = _fixture.Reopen();
        Put(2);
        Put(3);
        (await other.GetAsync(Id(2))).Dispose();
        (await other.GetAsync(Id(3))).Dispose();
        _fixture.Time.Advance(TimeSpan.FromSeconds(6));
        await GetAsync(4);
        Assert.Equal(3, _fixture.Names("d-").Length);
    }

    [Fact]
    public async Task A_use_of_the_parsed_object_is_a_use_of_the_file()
    {
        await GetAsync(1);
        Assert.Equal(CacheFixture.Bytes(Size, 1)[0], await _fixture.Cache.GetOrLoadAsync(Id(1), static stream => stream.ReadByte()));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await GetAsync(2);
        await GetAsync(3);
        await _fixture.Cache.GetOrLoadAsync(Id(1), static stream => stream.ReadByte());
        await GetAsync(4);
        Assert.Equal([1, 3, 4], Held());
    }

    [Fact]
    public async Task Other_processes_see_what_was_used_lately()
    {
        await GetAsync(1);
        await GetAsync(2);
        await GetAsync(3);
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await GetAsync(1);
        Put(4);
        (await _fixture.Reopen().GetAsync(Id(4))).Dispose();
        Assert.Equal([1, 3, 4], Held());
    }

    [Fact]
    public async Task What_could_be_resumed_makes_room_before_any_file_does()
    {
        const int PartSize = 64 * 1024;
        using var fixture = new CacheFixture(static options =>
            (
                options.PartSize, options.Parallelism, options.MaxAttempts, options.Capacity, options.FreeSpaceFloor) = (
                    PartSize, 1, 1, 5 * PartSize, 0));
        fixture.Source.Put(Id(1), [1]);
        (await fixture.Cache.GetAsync(Id(1))).Dispose();
        fixture.Source.Put(Id(2), CacheFixture.Bytes(4 * PartSize));
        fixture.Source.Body = static (_, body) => new BrokenStream(body, 2 * PartSize);
        await Assert.ThrowsAsync<FileCacheException>(async () => await fixture.Cache.GetAsync(Id(2)));
        Assert.Single(fixture.Names("p-"));
        fixture.Source.Body = null;
        fixture.Source.Put(Id(3), CacheFixture.Bytes(2 * PartSize));

        (await fixture.Cache.GetAsync(Id(3))).Dispose();

        Assert.Empty(fixture.Names("p-"));
        Assert.Equal(["key-1", "key-3"], fixture.Cache.GetStatus().Files.Select(static file => file.Id.Key).Order());
    }

    [Fact]
    public async Task A_source_that_fails_with_an_io_error_is_no_full_disk_and_evicts_nothing()
    {
        await GetAsync(1);
        _fixture.Source.Before = static (_, _) => throw new IOException("The pipe is broken.");
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id(2)));
        Assert.Equal(FileCacheError.Other, exception.Error);
        Assert.Equal([1], Held());
    }

    [Fact]
    public async Task A_capacity_larger_than_the_disk_is_refused_and_nothing_is_lost()
    {
        await GetAsync(1);
        Put(2);
        _fixture.Options.Capacity = long.MaxValue;
        var cache = _fixture.Reopen();

        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await cache.GetAsync(Id(2)));

        Assert.Equal(FileCacheError.Directory, exception.Error);
        Assert.Contains($"FileCacheOptions.Capacity is {long.MaxValue:N0} bytes", exception.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"'{_fixture.Directory}' has {new DriveInfo(_fixture.Directory).TotalSize:N0} in all", exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("Lower it, or give the function more ephemeral storage", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, _fixture.Source.Requests);
        Assert.Empty(_fixture.Names("p-"));
        (await cache.GetAsync(Id(1))).Dispose();
        Assert.Equal([1], Held());
    }

    [Fact]
    public async Task A_download_under_way_counts_as_used()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Source.Put(Id(1), CacheFixture.Bytes(2 * Size));
        _fixture.Source.Put(Id(2), CacheFixture.Bytes(2 * Size));
        _fixture.Source.Body = (_, body) => new GatedStream(body, asked, gate.Task);
        var first = _fixture.Cache.GetAsync(Id(1)).AsTask();
        await asked.Task;
        _fixture.Source.Body = null;

        using (var second = await _fixture.Cache.GetAsync(Id(2)))
        {
            Assert.True(second.IsPassThrough);
        }

        gate.SetResult();
        (await first).Dispose();
    }

    [Fact]
    public async Task A_floor_above_the_free_space_passes_files_through()
    {
        Put(1);
        _fixture.Options.FreeSpaceFloor = long.MaxValue / 2;
        using var file = await _fixture.Reopen().GetAsync(Id(1));
        Assert.True(file.IsPassThrough);
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

    private int[] Held() => _fixture.Cache.GetStatus().Files.Select(static file => file.Id.Key[^1] - '0').Order().ToArray();
}
