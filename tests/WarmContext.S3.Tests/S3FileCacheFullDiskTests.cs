using System.Diagnostics;
using WarmContext.FileCacheWorker;

namespace WarmContext.S3.Tests;

/// <summary>
/// A real file system that is really full: a tmpfs of 4 MiB that a worker process mounts in a mount namespace of its own, which ends with
/// it. Root isn't needed where users may have namespaces (<c>unshare -rm</c>); where neither is allowed the test fails and says so.
/// </summary>
[Collection(S3Collection.Name)]
public sealed class S3FileCacheFullDiskTests(S3Fixture s3) : IDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("warmcontext-mount-").FullName;

    public void Dispose() => Directory.Delete(_mount, recursive: true);

    [Fact]
    public async Task On_a_full_disk_others_are_evicted_and_then_files_come_straight_from_s3()
    {
        for (var i = 0; i < FullDisk.ObjectCount; i++)
        {
            await s3.PutAsync(FullDisk.Key(i), FullDisk.Content(i));
        }

        var server = s3.Server;
        var directory = Path.Combine(_mount, "cache");
        var settings = new WorkerSettings(
            "full-disk", server.Endpoint, server.AccessKey, server.SecretKey, s3.Bucket, directory, FullDisk.Bytes, 1, 0, 0);
        using var worker = await WorkerProcess.StartAsync(
            settings, null,
            [.. await NamespaceAsync(), "sh", "-c", $"mount -t tmpfs -o size={FullDisk.Bytes} tmpfs \"$0\" && exec \"$@\"", _mount]);
        var output = await worker.OutputAsync();

        Assert.StartsWith("cached 12 straight ", output, StringComparison.Ordinal);
        Assert.InRange(int.Parse(output.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture), 3, 4);
        Assert.Empty(Directory.GetFileSystemEntries(_mount));
    }

    /// <summary>How to run something with mounts of its own.</summary>
    private static async Task<string[]> NamespaceAsync()
    {
        foreach (var flags in new[] { "-rm", "-m" })
        {
            string[] arguments = [flags, "mount", "-t", "tmpfs", "tmpfs", Path.GetTempPath()];
            using var process = Process.Start(new ProcessStartInfo("unshare", arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            if (process.ExitCode == 0)
            {
                return ["unshare", flags];
            }
        }

        throw new InvalidOperationException(
            "A full disk can't be tested here: neither root nor this user may mount a file system (unshare -rm). Allow user namespaces, " +
            "or run the tests as root.");
    }
}
