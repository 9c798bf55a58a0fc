using System.Diagnostics;
using Xunit.Abstractions;

namespace WarmContext.S3.Tests;

[Collection(S3Collection.Name)]
public sealed class S3FileCacheFullDiskTests(S3Fixture s3, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;

    private readonly string _mount = Path.Combine(Path.GetTempPath(), $"warmcontext-mount-{Guid.NewGuid():N}");
    private bool _mounted;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_mount);
        _mounted = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={4 * Megabyte}", "tmpfs", _mount);
    }

    public async Task DisposeAsync()
    {
        if (_mounted)
        {
            await RunAsync("umount", _mount);
        }

        Directory.Delete(_mount, recursive: true);
    }

    [Fact]
    public async Task On_a_full_disk_others_are_evicted_and_nothing_is_wrong_where_this_user_may_mount_one()
    {
        if (!_mounted)
        {
            output.WriteLine("This user may not mount a small file system; eviction is tested by capacity alone (FileCacheDiskTests).");
            return;
        }

        var cache = new S3FileCache(s3.Client, new S3FileCacheOptions { Directory = Path.Combine(_mount, "cache"), Capacity = 4 * Megabyte, FreeSpaceFloor = 0 });
        for (var i = 0; i < 12; i++)
        {
            var content = await s3.PutAsync($"full/{i}", Megabyte - 5000, i);
            using var file = await cache.GetAsync(s3.Bucket, $"full/{i}");
            Assert.False(file.IsPassThrough);
            Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        }

        // Somebody else fills the disk to the last byte: the cache gives up its own files, and then serves without any.
        await FillAsync(Path.Combine(_mount, "foreign"));
        for (var i = 0; i < 4; i++)
        {
            var content = await s3.PutAsync($"full/more-{i}", Megabyte - 5000, 100 + i);
            using var file = await cache.GetAsync(s3.Bucket, $"full/more-{i}");
            await using var stream = file.OpenRead();
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory);
            Assert.Equal(content, memory.ToArray());
        }
    }

    [Fact]
    public async Task A_disk_with_no_room_at_all_serves_straight_from_s3_where_this_user_may_mount_one()
    {
        if (!_mounted)
        {
            output.WriteLine("This user may not mount a small file system.");
            return;
        }

        var content = await s3.PutAsync("full/none", Megabyte);
        var cache = new S3FileCache(s3.Client, new S3FileCacheOptions { Directory = Path.Combine(_mount, "cache"), Capacity = 4 * Megabyte, FreeSpaceFloor = 0 });
        Directory.CreateDirectory(Path.Combine(_mount, "cache"));
        await FillAsync(Path.Combine(_mount, "foreign"));

        using var file = await cache.GetAsync(s3.Bucket, "full/none");

        Assert.True(file.IsPassThrough);
        await using var stream = file.OpenRead();
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        Assert.Equal(content, memory.ToArray());
    }

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
