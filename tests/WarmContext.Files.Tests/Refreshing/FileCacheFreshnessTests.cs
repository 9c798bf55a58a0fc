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

    [Fact]
    public async Task A_stale_copy_is_served_while_it_is_revalidated_in_the_background()
    {
        _fixture.Options.StaleWhileRevalidate = TimeSpan.FromMinutes(5);
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Source.Put(Id, [2]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        BackgroundReport? report = null;
        var runner = new InvocationRunner(new InvocationOptions
        {
            Environment = _fixture.Environment,
            OnBackgroundReport = it => report = it,
        });

        await runner.RunAsync(new InvocationInfo { RequestId = "r" }, 0, async (_, _) =>
        {
            using var stale = await cache.GetAsync(Id);
            Assert.Equal([1], await File.ReadAllBytesAsync(stale.Path));
            return 0;
        });

        Assert.Equal("refresh memory://bucket/models/prices.json", Assert.Single(report!.Tasks).Name);
        using var file = await cache.GetAsync(Id);
        Assert.Equal([2], await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(2, _fixture.Source.Requests);
    }

    [Fact]
    public async Task A_restarted_process_serves_a_stale_copy_while_it_is_revalidated()
    {
        _fixture.Options.StaleWhileRevalidate = TimeSpan.FromMinutes(5);
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Reopen().GetAsync(Id)).Dispose();
        _fixture.Source.Put(Id, [2]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        var cache = _fixture.Reopen();
        var runner = new InvocationRunner(new InvocationOptions { Environment = _fixture.Environment });
        await runner.RunAsync(new InvocationInfo { RequestId = "r" }, 0, async (_, _) =>
        {
            using var stale = await cache.GetAsync(Id);
            Assert.Equal([1], await File.ReadAllBytesAsync(stale.Path));
            return 0;
        });
        using var file = await cache.GetAsync(Id);
        Assert.Equal([2], await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_copy_older_than_its_grace_is_revalidated_first()
    {
        _fixture.Options.StaleWhileRevalidate = TimeSpan.FromMinutes(5);
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Source.Put(Id, [2]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge + TimeSpan.FromMinutes(5));
        using var file = await cache.GetAsync(Id);
        Assert.Equal([2], await File.ReadAllBytesAsync(file.Path));
    }

    [Theory]
    [InlineData(FileCacheError.Unreachable)]
    [InlineData(FileCacheError.Unavailable)]
    [InlineData(FileCacheError.Stalled)]
    public async Task A_stale_copy_is_served_when_the_source_fails_up_to_an_age(FileCacheError error)
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        _fixture.Source.Before = (_, _) => throw new FileCacheException(error, "The source is down.");
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        for (var i = 0; i < 3; i++)
        {
            (await _fixture.Cache.GetAsync(Id)).Dispose();
        }

        // One failure was asked for, the others were served at once.
        Assert.Equal(2, _fixture.Source.Requests);
        _fixture.Time.Advance(_fixture.Options.StaleIfError);
        Assert.Equal(error, (await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id))).Error);

        _fixture.Source.Before = null;
        (await _fixture.Cache.GetAsync(Id)).Dispose();
    }

    [Theory]
    [InlineData(FileCacheError.AccessDenied, false)]
    [InlineData(FileCacheError.AccessDenied, true)]
    [InlineData(FileCacheError.NoCredentials, false)]
    [InlineData(FileCacheError.NoCredentials, true)]
    public async Task A_stale_copy_is_not_served_after_access_was_denied_unless_asked_for(FileCacheError error, bool serve)
    {
        _fixture.Options.ServeStaleAfterAccessDenied = serve;
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Source.Before = (_, _) => throw new FileCacheException(error, "Access is denied.");
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        if (serve)
        {
            (await cache.GetAsync(Id)).Dispose();
        }
        else
        {
            await Assert.ThrowsAsync<FileCacheException>(async () => await cache.GetAsync(Id));
        }
    }

    [Fact]
    public async Task After_access_was_denied_no_stale_copy_is_served_until_it_is_granted_again()
    {
        _fixture.Options.StaleWhileRevalidate = TimeSpan.FromMinutes(5);
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        _fixture.Source.Before = static (_, _) => throw new FileCacheException(FileCacheError.AccessDenied, "Access is denied.");

        // Nobody knows yet when the first is served; the request in the background finds out.
        await InInvocationAsync(cache);
        Assert.Equal(FileCacheError.AccessDenied, (await Assert.ThrowsAsync<FileCacheException>(() => InInvocationAsync(cache))).Error);

        // A source that fails in another way has not granted anything.
        _fixture.Source.Before = static (_, _) => throw new FileCacheException(FileCacheError.Unavailable, "The source is down.");
        Assert.Equal(FileCacheError.Unavailable, (await Assert.ThrowsAsync<FileCacheException>(() => InInvocationAsync(cache))).Error);

        _fixture.Source.Before = null;
        await InInvocationAsync(cache);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        _fixture.Source.Before = static (_, _) => throw new FileCacheException(FileCacheError.Unavailable, "The source is down.");
        await InInvocationAsync(cache);
    }

    [Fact]
    public async Task While_a_source_is_down_it_is_asked_in_the_background_once_a_second()
    {
        (_fixture.Options.StaleWhileRevalidate, _fixture.Options.StaleIfError) = (TimeSpan.FromMinutes(5), TimeSpan.Zero);
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        _fixture.Source.Before = static (_, _) => throw new FileCacheException(FileCacheError.Unreachable, "The source is down.");
        for (var second = 1; second <= 2; second++)
        {
            for (var i = 0; i < 5; i++)
            {
                await InInvocationAsync(cache);
            }

            Assert.Equal(1 + second, _fixture.Source.Requests);
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_new_version_that_has_no_room_fails_no_background_work()
    {
        (_fixture.Options.StaleWhileRevalidate, _fixture.Options.Capacity) = (TimeSpan.FromMinutes(5), 1000);
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Source.Put(Id, CacheFixture.Bytes(2000));
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        Assert.True((await InInvocationAsync(cache)).AllCompleted);
        _fixture.Time.Advance(_fixture.Options.StaleWhileRevalidate);
        using var file = await cache.GetAsync(Id);
        Assert.True(file.IsPassThrough);
    }

    [Fact]
    public async Task A_stale_copy_is_refreshed_without_an_invocation_as_well()
    {
        _fixture.Options.StaleWhileRevalidate = TimeSpan.FromMinutes(5);
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1]);
        (await cache.GetAsync(Id)).Dispose();
        _fixture.Source.Put(Id, [2]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        using (var stale = await cache.GetAsync(Id))
        {
            Assert.Equal([1], await File.ReadAllBytesAsync(stale.Path));
        }

        while (await cache.GetOrLoadAsync(Id, static stream => stream.ReadByte()) != 2)
        {
            await Task.Delay(1);
        }
    }

    [Fact]
    public async Task When_the_invocation_has_no_time_a_stale_copy_is_served_and_for_a_while_at_once()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Source.Before = (_, cancellationToken) =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        };
        var runner = new InvocationRunner(new InvocationOptions { Environment = _fixture.Environment });
        var info = new InvocationInfo { RequestId = "r", Deadline = _fixture.Time.GetUtcNow().AddSeconds(3) };
        await runner.RunAsync(info, 0, async (_, _) =>
        {
            var get = _fixture.Cache.GetAsync(Id).AsTask();
            await asked.Task;
            while (!get.IsCompleted)
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(2.75));
                await Task.Yield();
            }

            (await get).Dispose();
            return 0;
        });
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        Assert.Equal(2, _fixture.Source.Requests);
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
    public async Task That_a_file_is_missing_is_as_old_as_the_request_and_not_as_its_answer()
    {
        _fixture.Source.Before = (_, _) =>
        {
            _fixture.Time.Advance(_fixture.Options.NotFoundAge);
            return Task.CompletedTask;
        };
        for (var requests = 1; requests <= 2; requests++)
        {
            await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
            Assert.Equal(requests, _fixture.Source.Requests);
        }
    }

    [Fact]
    public async Task No_more_than_1024_missing_files_are_remembered()
    {
        for (var i = 0; i <= 1024; i++)
        {
            await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(new FileId("bucket", $"missing-{i}")));
        }

        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(new FileId("bucket", "missing-1024")));
        Assert.Equal(1025, _fixture.Source.Requests);
        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(new FileId("bucket", "missing-0")));
        Assert.Equal(1026, _fixture.Source.Requests);
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

    /// <summary>Gets the file in an invocation, which ends when its background work has.</summary>
    private async Task<BackgroundReport> InInvocationAsync(FileCache cache)
    {
        BackgroundReport? report = null;
        var runner = new InvocationRunner(new InvocationOptions
        {
            Environment = _fixture.Environment,
            OnBackgroundReport = it => report = it,
        });
        await runner.RunAsync(new InvocationInfo { RequestId = "r" }, 0, async (_, _) =>
        {
            (await cache.GetAsync(Id)).Dispose();
            return 0;
        });
        return report!;
    }
}
