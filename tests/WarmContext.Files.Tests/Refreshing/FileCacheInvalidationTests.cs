using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Refreshing;

/// <summary>Whoever comes after an invalidation is served nothing that was asked for before it, whatever was under way.</summary>
public sealed class FileCacheInvalidationTests : IDisposable
{
    private const int PartSize = 64 * 1024;

    private static readonly byte[] s_old = CacheFixture.Bytes(3 * PartSize, seed: 1);
    private static readonly byte[] s_new = CacheFixture.Bytes(3 * PartSize, seed: 2);

    private readonly CacheFixture _fixture = new(static options => (options.PartSize, options.MaximumAge) = (
        PartSize, TimeSpan.FromDays(1)));

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_file_that_was_being_committed()
    {
        _fixture.Source.Put(Id, s_old);
        Task<CachedFile> before;
        using (HoldCommits())
        {
            before = _fixture.Cache.GetAsync(Id).AsTask();
            await CompleteDownloadAsync();
            _fixture.Source.Put(Id, s_new);
            _fixture.Cache.Invalidate(Id);
        }

        using (var file = await before)
        {
            Assert.Equal(s_old, await File.ReadAllBytesAsync(file.Path));
        }

        await AssertNewAsync(_fixture.Cache);
        await AssertNewAsync(_fixture.Reopen());
        Assert.Single(_fixture.Names("d-"));
    }

    [Fact]
    public async Task A_file_that_was_being_committed_when_its_last_caller_gave_up()
    {
        _fixture.Source.Put(Id, s_old);
        using var impatient = new CancellationTokenSource();
        using (HoldCommits())
        {
            var first = _fixture.Cache.GetAsync(Id, impatient.Token).AsTask();
            await CompleteDownloadAsync();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

            // The next caller doesn't join what was given up: it takes its place.
            using var patience = new CancellationTokenSource();
            var second = _fixture.Cache.GetAsync(Id, patience.Token).AsTask();
            _fixture.Source.Put(Id, s_new);
            _fixture.Cache.Invalidate(Id);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        }

        while (_fixture.Names("p-").Length > 0)
        {
            await Task.Delay(1);
        }

        await AssertNewAsync(_fixture.Reopen());
    }

    [Fact]
    public async Task A_copy_that_was_being_read_from_the_disk()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        var data = Path.Combine(_fixture.Directory, _fixture.Names("d-").Single());
        var time = new HeldClock(() => IsLeased(data));
        var restarted = new FileCache(_fixture.Source, new FileCacheOptions
        {
            Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>(), time), Directory = _fixture.Directory,
            MaximumAge = TimeSpan.FromDays(1),
        });
        var before = restarted.GetAsync(Id).AsTask();

        // The copy is leased, and about to be put where others find it.
        await time.Held;
        _fixture.Source.Put(Id, [2]);
        restarted.Invalidate(Id);
        time.GoOn();
        (await before).Dispose();

        using var after = await restarted.GetAsync(Id);
        Assert.Equal([2], await File.ReadAllBytesAsync(after.Path));
        Assert.Single(_fixture.Names("d-"));
    }

    [Fact]
    public async Task That_there_was_no_file()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Source.Before = async (_, _) =>
        {
            asked.SetResult();
            await gate.Task;
            throw new FileCacheException(FileCacheError.NotFound, "There was none.");
        };
        var before = _fixture.Cache.GetAsync(Id).AsTask();
        await asked.Task;
        _fixture.Source.Before = null;
        _fixture.Source.Put(Id, s_new);
        _fixture.Cache.Invalidate(Id);
        gate.SetResult();
        await Assert.ThrowsAsync<FileCacheException>(() => before);

        await AssertNewAsync(_fixture.Cache);
    }

    [Fact]
    public async Task That_there_was_no_file_when_it_was_asked_for_last()
    {
        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        _fixture.Source.Put(Id, s_new);
        _fixture.Cache.Invalidate(Id);
        await AssertNewAsync(_fixture.Cache);
    }

    [Fact]
    public async Task A_leased_file_whose_record_another_process_has_removed()
    {
        _fixture.Source.Put(Id, s_old);
        using var leased = await _fixture.Cache.GetAsync(Id);
        File.Delete(Path.Combine(_fixture.Directory, _fixture.Names("e-").Single()));
        _fixture.Source.Put(Id, s_new);

        _fixture.Cache.Clear();

        await AssertNewAsync(_fixture.Cache);
        Assert.Equal(s_old, await File.ReadAllBytesAsync(leased.Path));
    }

    private static async Task AssertNewAsync(FileCache cache)
    {
        using var file = await cache.GetAsync(Id);
        Assert.Equal(s_new, await File.ReadAllBytesAsync(file.Path));
    }

    /// <summary>As a sweep of another process does.</summary>
    private IDisposable HoldCommits()
    {
        // The cache's own sweep has been by then.
        _fixture.Source.Put(new FileId("bucket", "other"), [1]);
        _fixture.Cache.GetAsync(new FileId("bucket", "other")).AsTask().GetAwaiter().GetResult().Dispose();
        _fixture.Cache.Invalidate(new FileId("bucket", "other"));
        return LockFile.ForCommits(new CacheDirectory(_fixture.Directory), EnvironmentClock.System).TryAcquireExclusive(TimeSpan.Zero)!;
    }

    /// <summary>Waits until every byte is there, and the trailer of the unfinished file has been cut off.</summary>
    private async Task CompleteDownloadAsync()
    {
        while (_fixture.Names("p-") is not [var name] || new FileInfo(Path.Combine(_fixture.Directory, name)).Length != s_old.Length)
        {
            await Task.Delay(1);
        }
    }

    private static bool IsLeased(string path)
    {
        try
        {
            using var alone = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>The system's clock, whose first reader under a condition is held until it may go on.</summary>
    private sealed class HeldClock(Func<bool> holds) : TimeProvider
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _gate = new();
        private int _reads;

        public Task Held => _held.Task;

        public void GoOn() => _gate.Set();

        public override DateTimeOffset GetUtcNow()
        {
            if (!_held.Task.IsCompleted && holds() && Interlocked.Increment(ref _reads) == 1)
            {
                _held.SetResult();
                _gate.Wait();
            }

            return base.GetUtcNow();
        }
    }
}
