namespace WarmContext.Tests.Files;

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

    [Fact]
    public async Task A_missing_file_is_asked_for_once_within_a_short_time()
    {
        for (var i = 0; i < 5; i++)
        {
            var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
            Assert.Equal(FileCacheError.NotFound, exception.Error);
        }

        Assert.Equal(1, _fixture.Source.Requests);
        _fixture.Source.Put(Id, [1]);
        _fixture.Time.Advance(_fixture.Options.NotFoundAge);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
    }
}
