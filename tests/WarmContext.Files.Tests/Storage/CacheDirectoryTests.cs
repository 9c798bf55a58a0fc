using WarmContext.Files.Storage;

namespace WarmContext.Files.Tests.Storage;

public sealed class CacheDirectoryTests : IDisposable
{
    private readonly CacheDirectory _directory = new(Path.Combine(Path.GetTempPath(), $"warmcontext-directory-{Guid.NewGuid():N}"));

    public CacheDirectoryTests() => _directory.Prepare();

    public void Dispose() => Directory.Delete(_directory.Path, recursive: true);

    [Fact]
    public async Task A_file_that_somebody_took_between_its_creation_and_its_lock_is_created_again()
    {
        using var stop = new CancellationTokenSource();
        var taking = Task.Run(() =>
        {
            // What the sweep of another process does, as fast as it can.
            while (!stop.IsCancellationRequested)
            {
                foreach (var path in Directory.GetFiles(_directory.Path))
                {
                    try
                    {
                        using var alone = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.None);
                        File.Delete(path);
                    }
                    catch (IOException)
                    {
                    }
                }
            }
        });

        // Until it has happened three times; where the scheduler doesn't bring it about, at most for some seconds.
        var names = 0;
        for (var files = 0; names < files + 3 && files < 30_000; files++)
        {
            using var stream = _directory.CreateUnique(() => $"p-{++names}", 0, out var name);
            Assert.True(File.Exists(_directory.PathOf(name)));
        }

        await stop.CancelAsync();
        await taking;
    }
}
