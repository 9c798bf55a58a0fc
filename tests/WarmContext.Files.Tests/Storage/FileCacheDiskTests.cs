using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

public sealed class FileCacheDiskTests : IDisposable
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
        Put(2);
        var left = times;
        _fixture.Source.Before = (_, _) => left-- > 0 ? throw new IOException("No space left on device", 0x1C) : Task.CompletedTask;
        if (times == 1)
        {
            (await _fixture.Cache.GetAsync(Id(2))).Dispose();
            Assert.Equal([2], Held());
        }
        else
        {
            var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id(2)));
            Assert.Equal(FileCacheError.DiskFull, exception.Error);
            Assert.Contains(_fixture.Directory, exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task A_disk_that_stays_full_costs_one_file_and_not_all()
    {
        await GetAsync(1);
        await GetAsync(2);
        _fixture.Source.Before = static (_, _) => throw new IOException("No space left on device", 0x1C);
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id(3)));
        Assert.Equal(FileCacheError.DiskFull, exception.Error);
        Assert.Equal([2], Held());
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
    public async Task A_process_that_has_the_lock_and_does_nothing_is_waited_for_no_longer_than_the_idle_timeout()
    {
        using var fixture = new CacheFixture(static options => options.IdleTimeout = TimeSpan.FromMilliseconds(100), systemTime: true);
        var directory = new CacheDirectory(fixture.Directory);
        directory.Prepare();
        fixture.Source.Put(Id(1), [1]);
        var name = EntryNames.Hash(fixture.Source.Scheme, Id(1));
        var (frozen, _) = await LockFile.ForDownload(directory, name, EnvironmentClock.System).AcquireExclusiveAsync(
            TimeSpan.Zero, CancellationToken.None);
        Assert.NotNull(frozen);
        using var file = await fixture.Cache.GetAsync(Id(1)).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([1], await File.ReadAllBytesAsync(file.Path));
        frozen.Dispose();
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

    [Fact]
    public async Task Two_caches_over_one_directory_fetch_a_file_once()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var fixture = new CacheFixture(systemTime: true);
        fixture.Source.Put(Id(1), CacheFixture.Bytes(Size));
        fixture.Source.Before = (_, _) =>
        {
            asked.TrySetResult();
            return gate.Task;
        };
        var first = fixture.Cache.GetAsync(Id(1)).AsTask();
        await asked.Task;
        var second = fixture.Reopen().GetAsync(Id(1)).AsTask();
        await Task.Delay(50);
        gate.SetResult();
        (await first).Dispose();
        (await second).Dispose();
        Assert.Equal(1, fixture.Source.Requests);
    }

    [Fact]
    public async Task A_file_changed_on_disk_is_found_when_files_are_verified_on_read()
    {
        Put(1);
        _fixture.Options.VerifyOnRead = true;
        var cache = _fixture.Reopen();
        (await cache.GetAsync(Id(1))).Dispose();
        var path = Path.Combine(_fixture.Directory, _fixture.Names("d-").Single());
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[Size / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        using var file = await cache.GetAsync(Id(1));

        Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(2, _fixture.Source.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_of_another_boot_are_verified_before_they_are_served(bool damaged)
    {
        await GetAsync(1);
        var recordPath = Path.Combine(_fixture.Directory, _fixture.Names("e-").Single());
        var record = RecordFiles.Parse(await File.ReadAllBytesAsync(recordPath))!;
        await File.WriteAllBytesAsync(recordPath, RecordFiles.Serialize(record with { BootId = "another" }));
        if (damaged)
        {
            await using var data = File.OpenWrite(Path.Combine(_fixture.Directory, record.DataName));
            data.Write(new byte[100]);
        }

        using var file = await _fixture.Reopen().GetAsync(Id(1));

        Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(damaged ? 2 : 1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task The_status_lists_files_and_clearing_removes_them_but_not_under_a_lease()
    {
        Put(1);
        await GetAsync(2);
        using (var leased = await _fixture.Cache.GetAsync(Id(1)))
        {
            var status = _fixture.Cache.GetStatus();
            Assert.Equal(2 * Size, status.Used);
            Assert.Equal([1, 0], status.Files.OrderBy(static file => file.Id.Key).Select(static file => file.Leases));

            _fixture.Cache.Clear();
            Assert.Empty(_fixture.Cache.GetStatus().Files);
            Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(leased.Path));
        }

        Assert.Empty(_fixture.Names("d-"));
    }

    [Fact]
    public async Task Prefetching_fetches_all_that_is_there_and_names_what_is_not()
    {
        Put(1);
        Put(2);
        var exception = await Assert.ThrowsAsync<AggregateException>(() => _fixture.Cache.PrefetchAsync([Id(1), Id(2), Id(3)]));
        Assert.Contains("key-3", Assert.Single(exception.InnerExceptions).Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], Held());
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
