using System.Security.Cryptography;
using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

public sealed class EntryStoreTests : IDisposable
{
    private const int Size = 100_000;

    private readonly CacheFixture _fixture = new(static options =>
    {
        options.Capacity = (3 * Size) + 1000;
        options.FreeSpaceFloor = 0;
        options.MaximumAge = TimeSpan.FromDays(1);
    });

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_process_that_has_the_lock_and_does_nothing_is_waited_for_no_longer_than_the_idle_timeout()
    {
        using var fixture = new CacheFixture(static options => options.IdleTimeout = TimeSpan.FromMilliseconds(100), systemTime: true);
        var directory = new CacheDirectory(fixture.Directory);
        directory.Prepare();
        fixture.Source.Put(Id(1), [1]);
        var name = EntryNames.Hash(fixture.Source.Scheme, Id(1));
        var (frozen, _) = await LockFile.ForDownload(directory, name, EnvironmentClock.System).AcquireExclusiveAsync(
            TimeSpan.Zero, CancellationToken.None);
        Assert.NotNull(frozen);
        using var file = await fixture.Cache.GetAsync(Id(1)).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([1], await File.ReadAllBytesAsync(file.Path));
        frozen.Dispose();
    }

    [Fact]
    public async Task Two_caches_over_one_directory_fetch_a_file_once()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var fixture = new CacheFixture(systemTime: true);
        fixture.Source.Put(Id(1), CacheFixture.Bytes(Size));
        fixture.Source.Before = (_, _) =>
        {
            asked.TrySetResult();
            return gate.Task;
        };
        var first = fixture.Cache.GetAsync(Id(1)).AsTask();
        await asked.Task;
        var second = fixture.Reopen().GetAsync(Id(1)).AsTask();
        await Task.Delay(50);
        gate.SetResult();
        (await first).Dispose();
        (await second).Dispose();
        Assert.Equal(1, fixture.Source.Requests);
    }

    [Fact]
    public async Task A_file_changed_on_disk_is_found_when_files_are_verified_on_read()
    {
        Put(1);
        _fixture.Options.VerifyOnRead = true;
        var cache = _fixture.Reopen();
        (await cache.GetAsync(Id(1))).Dispose();
        var path = Path.Combine(_fixture.Directory, _fixture.Names("d-").Single());
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[Size / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        using var file = await cache.GetAsync(Id(1));

        Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(2, _fixture.Source.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_of_another_boot_are_verified_before_they_are_served(bool damaged)
    {
        await GetAsync(1);
        var recordPath = Path.Combine(_fixture.Directory, _fixture.Names("e-").Single());
        var record = RecordFiles.Parse(await File.ReadAllBytesAsync(recordPath))!;
        await File.WriteAllBytesAsync(recordPath, RecordFiles.Serialize(record with { BootId = "another" }));
        if (damaged)
        {
            await using var data = File.OpenWrite(Path.Combine(_fixture.Directory, record.DataName));
            data.Write(new byte[100]);
        }

        using var file = await _fixture.Reopen().GetAsync(Id(1));

        Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(damaged ? 2 : 1, _fixture.Source.Requests);
    }

    [Theory]
    [MemberData(nameof(KindsOfObjects))]
    public async Task A_file_that_is_whole_is_not_fetched_again_whatever_it_is_verified_with(
        FileChecksumAlgorithm? algorithm, bool verifies)
    {
        // Verified at each lease, or once because it is of another boot.
        var content = CacheFixture.Bytes(Size);
        _fixture.Source.Put(Id(1), content, algorithm is { } kind ? [Checksum(kind, content)] : []);
        _fixture.Options.VerifyOnRead = verifies;
        var cache = _fixture.Reopen();
        (await cache.GetAsync(Id(1))).Dispose();
        if (!verifies)
        {
            await MakeOfAnotherBootAsync();
            cache = _fixture.Reopen();
        }

        for (var i = 0; i < 3; i++)
        {
            using var file = await cache.GetAsync(Id(1));
            Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        }

        Assert.Equal(1, _fixture.Source.Requests);

        var path = Path.Combine(_fixture.Directory, _fixture.Names("d-").Single());
        await using (var data = File.OpenWrite(path))
        {
            data.Write(new byte[100]);
        }

        using var again = await _fixture.Reopen().GetAsync(Id(1));
        Assert.Equal(content, await File.ReadAllBytesAsync(again.Path));
        Assert.Equal(2, _fixture.Source.Requests);
    }

    public static TheoryData<FileChecksumAlgorithm?, bool> KindsOfObjects()
    {
        var kinds = new TheoryData<FileChecksumAlgorithm?, bool>();
        foreach (var kind in Enum.GetValues<FileChecksumAlgorithm>().Cast<FileChecksumAlgorithm?>().Append(null))
        {
            kinds.Add(kind, true);
            kinds.Add(kind, false);
        }

        return kinds;
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "S3 has them.")]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "S3 has them.")]
    private static FileChecksum Checksum(FileChecksumAlgorithm kind, byte[] content) => new(kind, kind switch
    {
        FileChecksumAlgorithm.Md5 => MD5.HashData(content),
        FileChecksumAlgorithm.Sha1 => SHA1.HashData(content),
        FileChecksumAlgorithm.Sha256 => SHA256.HashData(content),
        _ => ReferenceCrc.Compute(kind, content),
    });

    private async Task MakeOfAnotherBootAsync()
    {
        var recordPath = Path.Combine(_fixture.Directory, _fixture.Names("e-").Single());
        var time = File.GetLastWriteTimeUtc(recordPath);
        var record = RecordFiles.Parse(await File.ReadAllBytesAsync(recordPath))!;
        await File.WriteAllBytesAsync(recordPath, RecordFiles.Serialize(record with { BootId = "another" }));
        File.SetLastWriteTimeUtc(recordPath, time);
    }

    private static FileId Id(int number) => new("bucket", $"key-{number}");

    private void Put(int number) => _fixture.Source.Put(Id(number), CacheFixture.Bytes(Size, number));

    private async Task GetAsync(int number)
    {
        Put(number);
        using var file = await _fixture.Cache.GetAsync(Id(number));
        Assert.False(file.IsPassThrough);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
    }
}
