using Amazon.S3;

namespace WarmContext.S3.Tests;

/// <summary>An <see cref="S3FileCache"/> in a directory of its own.</summary>
internal sealed class TestCache : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"warmcontext-s3-test-{Guid.NewGuid():N}");

    public TestCache(IAmazonS3 client, Action<S3FileCacheOptions>? configure = null)
    {
        System.IO.Directory.CreateDirectory(_root);
        Options = new S3FileCacheOptions { Directory = Path.Combine(_root, "cache") };
        configure?.Invoke(Options);
        Cache = new S3FileCache(client, Options);
    }

    public S3FileCacheOptions Options { get; }

    public S3FileCache Cache { get; }

    public string Directory => Options.Directory!;

    public string[] Names(string prefix) => System.IO.Directory.Exists(Directory)
        ? System.IO.Directory.GetFiles(Directory, prefix + "*").Select(Path.GetFileName).OfType<string>().ToArray()
        : [];

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
}
