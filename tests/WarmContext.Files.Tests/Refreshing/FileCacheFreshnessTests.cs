using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Refreshing;

public sealed class FileCacheFreshnessTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_old_entry_is_revalidated_by_entity_tag_and_kept()
    {
        _fixture.Source.Put(Id, [1]);
        string path;
        using (var first = await _fixture.Cache.GetAsync(Id))
        {
            path = first.Path;
        }

        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        for (var i = 0; i < 3; i++)
        {
            using var file = await _fixture.Cache.GetAsync(Id);
            Assert.Equal(path, file.Path);
        }

        Assert.Equal((2, 1), (_fixture.Source.Requests, _fixture.Source.NotModified));
    }

    [Fact]
    public async Task A_changed_file_is_fetched_in_the_same_request()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        _fixture.Source.Put(Id, [2, 2]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);

        using var file = await _fixture.Cache.GetAsync(Id);

        Assert.Equal([2, 2], await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(2, _fixture.Source.Requests);
        Assert.Single(_fixture.Names("d-"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_jump_of_either_clock_means_revalidate(bool wall)
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        if (wall)
        {
            _fixture.Time.AdvanceWallOnly(TimeSpan.FromHours(1));
        }
        else
        {
            _fixture.Time.AdvanceMonotonicOnly(TimeSpan.FromHours(1));
        }

        (await _fixture.Cache.GetAsync(Id)).Dispose();
        Assert.Equal(1, _fixture.Source.NotModified);
    }

    [Fact]
    public async Task A_clock_set_back_makes_no_entry_fresh_and_no_error()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        _fixture.Time.AdvanceWallOnly(TimeSpan.FromHours(-5));
        _fixture.Time.AdvanceMonotonicOnly(_fixture.Options.MaximumAge);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        Assert.Equal(1, _fixture.Source.NotModified);

        // A restarted process finds a time in the future on the disk.
        _fixture.Time.AdvanceWallOnly(TimeSpan.FromHours(-5));
        (await _fixture.Reopen().GetAsync(Id)).Dispose();
        Assert.Equal(2, _fixture.Source.NotModified);
    }

    [Fact]
    public async Task A_restarted_process_counts_the_age_on_disk()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        (await _fixture.Reopen().GetAsync(Id)).Dispose();
        (await _fixture.Reopen().GetAsync(Id)).Dispose();
        Assert.Equal((2, 1), (_fixture.Source.Requests, _fixture.Source.NotModified));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_is_as_old_as_the_request_for_it_and_not_as_its_answer(bool revalidated)
    {
        var half = _fixture.Options.MaximumAge / 2;
        _fixture.Source.Put(Id, [1]);
        if (revalidated)
        {
            (await _fixture.Cache.GetAsync(Id)).Dispose();
            _fixture.Time.Advance(_fixture.Options.MaximumAge);
        }

        _fixture.Source.Before = (_, _) =>
        {
            // The source may change the file as soon as it has looked at it; how long the answer takes tells nothing.
            _fixture.Time.Advance(half);
            return Task.CompletedTask;
        };
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        var asked = _fixture.Source.Requests;
        _fixture.Time.Advance(half);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        Assert.Equal(asked + 1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task A_file_deleted_at_its_source_is_served_no_more()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        _fixture.Source.Remove(Id);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);

        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.NotFound, exception.Error);
        Assert.Empty(_fixture.Names("d-"));
        Assert.Empty(_fixture.Names("e-"));
    }

    [Fact]
    public async Task A_pinned_version_is_never_asked_about_again()
    {
        var pinned = new FileId("bucket", "key", "v1");
        _fixture.Source.Put(pinned, [1]);
        (await _fixture.Cache.GetAsync(pinned)).Dispose();
        _fixture.Time.Advance(TimeSpan.FromDays(365));
        (await _fixture.Cache.GetAsync(pinned)).Dispose();
        (await _fixture.Reopen().GetAsync(pinned)).Dispose();
        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_another_process_has_confirmed_or_fetched_is_not_asked_for_again(bool changed)
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        if (changed)
        {
            _fixture.Source.Put(Id, [2]);
        }

        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        (await _fixture.Reopen().GetAsync(Id)).Dispose();
        var asked = _fixture.Source.Requests;

        using var file = await _fixture.Cache.GetAsync(Id);

        Assert.Equal([(byte)(changed ? 2 : 1)], await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(asked, _fixture.Source.Requests);
    }

    [Fact]
    public async Task An_immutable_cache_never_asks_again()
    {
        _fixture.Options.MaximumAge = Timeout.InfiniteTimeSpan;
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Time.Advance(TimeSpan.FromDays(365));
        (await cache.GetAsync(Id)).Dispose();
        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task An_invalidated_file_is_fetched_anew_and_leases_keep_theirs()
    {
        _fixture.Source.Put(Id, [1]);
        using var old = await _fixture.Cache.GetAsync(Id);
        _fixture.Cache.Invalidate(Id);
        _fixture.Source.Put(Id, [2]);
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal([1], await File.ReadAllBytesAsync(old.Path));
        Assert.Equal([2], await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_download_that_was_under_way_when_its_file_was_invalidated_serves_nobody_later()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Body = (_, body) => new GatedStream(body, asked, gate.Task);
        var before = _fixture.Cache.GetAsync(Id).AsTask();
        await asked.Task;
        _fixture.Source.Body = null;
        _fixture.Source.Put(Id, [2]);
        _fixture.Cache.Invalidate(Id);

        using var after = await _fixture.Cache.GetAsync(Id);
        gate.SetResult();
        using var first = await before;
        using var last = await _fixture.Cache.GetAsync(Id);

        Assert.Equal([2], await File.ReadAllBytesAsync(after.Path));
        Assert.Equal([1], await File.ReadAllBytesAsync(first.Path));
        Assert.Equal([2], await File.ReadAllBytesAsync(last.Path));
    }
}
