using WarmContext.Files.Storage;

namespace WarmContext.Files.Tests;

public sealed class CommitGuardTests : IDisposable
{
    private readonly CacheDirectory _directory = new(Path.Combine(Path.GetTempPath(), $"warmcontext-guard-{Guid.NewGuid():N}"));

    public CommitGuardTests() => _directory.Prepare();

    public void Dispose() => Directory.Delete(_directory.Path, recursive: true);

    [Fact]
    public async Task A_commit_waits_for_a_sweep_and_a_sweep_for_no_commit()
    {
        Task<IDisposable?> commit;
        using (var sweep = CommitGuard.TryAlone(_directory))
        {
            Assert.NotNull(sweep);
            commit = Task.Run(() => CommitGuard.Share(_directory, EnvironmentClock.System));
        }

        using var guard = await commit;
        using var another = CommitGuard.Share(_directory, EnvironmentClock.System);
        Assert.NotNull(guard);
        Assert.NotNull(another);
        Assert.Null(CommitGuard.TryAlone(_directory));
    }
}
