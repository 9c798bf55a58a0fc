using WarmContext.TestSupport;

namespace WarmContext.Files.Tests.Support;

/// <summary>A cache of its own over a source in memory: its directory, its clock, and another process's view of both.</summary>
internal sealed class CacheFixture : IDisposable
{
    public static readonly FileId Id = new("bucket", "models/prices.json");

    private readonly string _root = Path.Combine(Path.GetTempPath(), $"warmcontext-test-{Guid.NewGuid():N}");

    /// <summary>With a clock that a test moves, or that of the system where a test lets things take their time.</summary>
    public CacheFixture(Action<FileCacheOptions>? configure = null, bool systemTime = false)
    {
        System.IO.Directory.CreateDirectory(_root);
        Directory = Path.Combine(_root, "cache");
        Environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["TMPDIR"] = _root }, systemTime ? TimeProvider.System : Time);
        Options = new FileCacheOptions { Environment = Environment, Directory = Directory };
        configure?.Invoke(Options);
        Cache = new FileCache(Source, Options);
    }

    public ManualTimeProvider Time { get; } = NewTime();

    public MemorySource Source { get; } = new();

    public ExecutionEnvironment Environment { get; }

    public FileCacheOptions Options { get; }

    public string Root => _root;

    public string Directory { get; }

    public FileCache Cache { get; }

    /// <summary>A cache with nothing in memory over the same directory, as a restarted process has.</summary>
    public FileCache Reopen() => new(Source, Options);

    public string[] Names(string prefix) => System.IO.Directory.Exists(Directory)
        ? System.IO.Directory.GetFiles(Directory, prefix + "*").Select(Path.GetFileName).OfType<string>().Order().ToArray()
        : [];

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public void Dispose()
    {
        // A sweep may still be at work beside the test.
        for (var attempt = 0; System.IO.Directory.Exists(_root); attempt++)
        {
            try
            {
                System.IO.Directory.Delete(_root, recursive: true);
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(10);
            }
        }
    }

    // The disk's times are the system's: a clock that starts now agrees with them.
    private static ManualTimeProvider NewTime()
    {
        var time = new ManualTimeProvider();
        var behind = DateTimeOffset.UtcNow - time.GetUtcNow();
        time.Advance(behind);
        return time;
    }
}
