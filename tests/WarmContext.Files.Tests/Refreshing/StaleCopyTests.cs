using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Refreshing;

public sealed class StaleCopyTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

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
