using WarmContext.Files.Storage;

namespace WarmContext.Files.Tests.Storage;

public sealed class LockFileTests : IDisposable
{
    private readonly CacheDirectory _directory = new(Path.Combine(Path.GetTempPath(), $"warmcontext-lock-{Guid.NewGuid():N}"));
    private readonly LockFile _lock;

    public LockFileTests()
    {
        _directory.Prepare();
        _lock = LockFile.ForCommits(_directory, EnvironmentClock.System);
    }

    public void Dispose() => Directory.Delete(_directory.Path, recursive: true);

    [Fact]
    public async Task A_commit_waits_for_a_sweep_and_a_sweep_for_no_commit()
    {
        Task<IDisposable?> commit;
        using (var sweep = _lock.TryAcquireExclusive(TimeSpan.Zero))
        {
            Assert.NotNull(sweep);
            commit = Task.Run(_lock.AcquireShared);
        }

        using var shared = await commit;
        using var another = _lock.AcquireShared();
        Assert.NotNull(shared);
        Assert.NotNull(another);
        Assert.Null(_lock.TryAcquireExclusive(TimeSpan.Zero));
    }
}
