using WarmContext.FileCacheWorker;

namespace WarmContext.S3.Tests;

/// <summary>
/// Real processes, killed, frozen and side by side. WARMCONTEXT_SOAK=1 runs them at full length: 500 kills, and a minute of two processes.
/// </summary>
[Collection(S3Collection.Name)]
public sealed class S3FileCacheProcessTests(S3Fixture s3) : IDisposable
{
    private const long RoomForAll = 64_000_000;

    private static readonly bool s_soak = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK") == "1";

    private readonly TestCache _test = new(s3.Client, static options => (options.PartSize, options.FreeSpaceFloor) = (128 * 1024, 0));

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Processes_killed_at_random_moments_leave_no_wrong_byte_and_no_orphan()
    {
        await PutAllAsync();
        var random = new Random(4711);
        var kills = s_soak ? 500 : 16;
        for (var i = 0; i < kills; i += 2)
        {
            // Two at a time, so that a kill also hits what another process waits for.
            using var first = await WorkerProcess.StartAsync(Settings("kill", RoomForAll, callers: 3, seconds: 60, seed: i));
            using var second = await WorkerProcess.StartAsync(Settings("kill", RoomForAll, callers: 3, seconds: 60, seed: i + 1000));
            await Task.Delay(random.Next(250));
            await first.KillAsync();
            await Task.Delay(random.Next(100));
            await second.KillAsync();
            if (i % 8 == 6)
            {
                await AssertAllRightAsync();
            }
        }

        await AssertAllRightAsync();
    }

    [Fact]
    public async Task Two_processes_of_64_callers_in_a_small_cache_are_never_served_a_wrong_byte()
    {
        await PutAllAsync();
        var seconds = s_soak ? 60 : 5;

        // Smaller than all objects together, so that they evict one another all the time; the largest doesn't fit at all.
        using var first = await WorkerProcess.StartAsync(Settings("churn", 2_000_000, callers: 64, seconds, seed: 1));
        using var second = await WorkerProcess.StartAsync(Settings("churn", 2_000_000, callers: 64, seconds, seed: 2));
        Assert.InRange(await first.ServedAsync(), 64, int.MaxValue);
        Assert.InRange(await second.ServedAsync(), 64, int.MaxValue);
        Assert.InRange(Directory.GetFiles(_test.Directory, "d-*").Sum(static file => new FileInfo(file).Length), 0, 2 * 2_000_000);
        await AssertAllRightAsync();
    }

    [Fact]
    public async Task Where_locks_do_nothing_renames_alone_keep_every_byte_right()
    {
        // As on a shared mount whose server knows no locks: .NET is told to take none.
        var withoutLocks = new Dictionary<string, string> { ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1" };
        await PutAllAsync();
        var seconds = s_soak ? 60 : 5;
        using var first = await WorkerProcess.StartAsync(
            Settings("churn-without-locks", 5_000_000, callers: 32, seconds, seed: 1), withoutLocks);
        using var second = await WorkerProcess.StartAsync(
            Settings("churn-without-locks", 5_000_000, callers: 32, seconds, seed: 2), withoutLocks);
        Assert.InRange(await first.ServedAsync(), 32, int.MaxValue);
        Assert.InRange(await second.ServedAsync(), 32, int.MaxValue);
    }

    [Fact]
    public async Task Where_locks_do_nothing_a_process_keeps_the_files_it_has_leased()
    {
        var withoutLocks = new Dictionary<string, string> { ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1" };
        await PutAllAsync();
        using var worker = await WorkerProcess.StartAsync(Settings("leases", 3_000_000, callers: 1, seconds: 0, seed: 0), withoutLocks);
        Assert.Equal(1, await worker.ServedAsync());
    }

    [Fact]
    public async Task A_large_object_needs_little_memory()
    {
        const int Length = 256 * 1024 * 1024;
        await s3.PutAsync(TestObjects.HugeKey, Length);

        // A managed heap of 64 MiB, in hexadecimal: one byte more ends the process.
        var limited = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "4000000" };
        using var worker = await WorkerProcess.StartAsync(Settings("memory", 2L * Length, callers: 1, seconds: 0, seed: 0), limited);

        Assert.Equal(Length, await worker.ServedAsync());
        await s3.Client.DeleteObjectAsync(s3.Bucket, TestObjects.HugeKey);
    }

    [Fact]
    public async Task A_freeze_in_mid_download_longer_than_the_idle_timeout_is_no_failure()
    {
        await s3.PutAsync(TestObjects.LargeKey, TestObjects.LargeContent());
        await using var proxy = new FaultProxy(s3.Server.Endpoint) { Rule = static _ => new Fault { BytesPerSecond = 1_000_000 } };
        using var worker = await WorkerProcess.StartAsync(
            Settings("large", RoomForAll, callers: 1, seconds: 0, seed: 0) with { Endpoint = proxy.Endpoint });
        while (proxy.Requests.IsEmpty || _test.Names("p-").Length == 0)
        {
            await Task.Delay(10);
        }

        await Task.Delay(500);
        await worker.FreezeAsync();
        await Task.Delay(3000);
        await worker.ThawAsync();

        Assert.Equal(1, await worker.ServedAsync());
        Assert.Single(proxy.Requests, static request => request.First is null);
    }

    [Fact]
    public async Task What_a_killed_process_fetched_is_resumed_by_the_next()
    {
        await s3.PutAsync(TestObjects.LargeKey, TestObjects.LargeContent());
        await using var proxy = new FaultProxy(s3.Server.Endpoint) { Rule = static _ => new Fault { BytesPerSecond = 500_000 } };
        using (var worker = await WorkerProcess.StartAsync(
            Settings("large", RoomForAll, callers: 1, seconds: 0, seed: 0) with { Endpoint = proxy.Endpoint }))
        {
            while (proxy.Requests.Count < 10)
            {
                await Task.Delay(10);
            }

            await worker.KillAsync();
        }

        proxy.Requests.Clear();
        proxy.Rule = static _ => null;
        using var client = s3.CreateClient(proxy.Endpoint);
        using var file = await new S3FileCache(client, _test.Options).GetAsync(s3.Bucket, TestObjects.LargeKey);

        Assert.Equal(TestObjects.LargeContent(), await File.ReadAllBytesAsync(file.Path));
        Assert.InRange(
            proxy.Requests.Sum(static request => request.Last!.Value - request.First!.Value + 1), 1,
            TestObjects.LargeLength - (5 * 128 * 1024));
    }

    private WorkerSettings Settings(string mode, long capacity, int callers, double seconds, int seed) => new(
        mode, s3.Server.Endpoint, s3.Server.AccessKey, s3.Server.SecretKey, s3.Bucket, _test.Directory, capacity, callers, seconds, seed);

    private async Task PutAllAsync()
    {
        for (var i = 0; i < TestObjects.Count; i++)
        {
            await s3.PutAsync(TestObjects.Key(i), TestObjects.Content(i));
        }
    }

    private async Task AssertAllRightAsync()
    {
        var cache = new S3FileCache(s3.Client, _test.Options);
        for (var i = 0; i < TestObjects.Count; i++)
        {
            using var file = await cache.GetAsync(s3.Bucket, TestObjects.Key(i));
            Assert.Equal(TestObjects.Content(i), await File.ReadAllBytesAsync(file.Path));
        }

        // The sweep runs beside the first use.
        string[] orphans = [];
        for (var i = 0; i < 250; i++)
        {
            orphans = [.. _test.Names("p-"), .. _test.Names("t-"), .. _test.Names("l-")];
            if (orphans.Length == 0 && _test.Names("d-").Length == TestObjects.Count)
            {
                break;
            }

            await Task.Delay(20);
        }

        Assert.Empty(orphans);
        Assert.Equal(TestObjects.Count, _test.Names("d-").Length);
        Assert.Equal(TestObjects.Count, _test.Names("e-").Length);
    }
}
