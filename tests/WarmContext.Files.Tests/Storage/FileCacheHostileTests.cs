using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

public sealed class FileCacheHostileTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("e-0000")]
    [InlineData("lock")]
    [InlineData("Ключ/ключ🔑.bin")]
    [InlineData("line\nbreak=1\nend=")]
    [InlineData("key.with.an/odd.extension/../..")]
    public async Task A_hostile_key_writes_nothing_outside_the_directory(string key)
    {
        var id = new FileId("../bucket", key);
        _fixture.Source.Put(id, [1, 2]);
        using (var file = await _fixture.Cache.GetAsync(id))
        {
            Assert.Equal(_fixture.Directory, Path.GetDirectoryName(file.Path));
            Assert.Equal([1, 2], await File.ReadAllBytesAsync(file.Path));
        }

        (await _fixture.Reopen().GetAsync(id)).Dispose();
        Assert.Equal(1, _fixture.Source.Requests);
        Assert.Equal([_fixture.Directory], Directory.GetFileSystemEntries(_fixture.Root));
    }

    [Fact]
    public async Task The_longest_key_works_and_one_byte_more_is_refused()
    {
        var id = new FileId("bucket", new string('ü', 512));
        _fixture.Source.Put(id, [1]);
        (await _fixture.Cache.GetAsync(id)).Dispose();
        var exception = Assert.Throws<ArgumentException>(() => new FileId("bucket", new string('ü', 512) + "x"));
        Assert.Contains("1025", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_key_that_can_not_be_is_refused(string? key) => Assert.ThrowsAny<ArgumentException>(() => new FileId("bucket", key!));

    [Fact]
    public void A_key_that_is_no_unicode_is_refused() =>
        Assert.Throws<ArgumentException>(static () => new FileId("bucket", new string('\ud800', 1)));

    [Fact]
    public async Task A_name_that_was_never_given_is_refused() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _fixture.Cache.GetAsync(default));

    [Fact]
    public async Task A_directory_that_is_a_symbolic_link_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_fixture.Root, "elsewhere"));
        Directory.CreateSymbolicLink(_fixture.Directory, Path.Combine(_fixture.Root, "elsewhere"));
        await AssertRefusedAsync("symbolic link");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_fixture.Root, "elsewhere")));
    }

    [Fact]
    public async Task A_directory_that_others_can_write_to_is_refused()
    {
        Directory.CreateDirectory(_fixture.Directory);
        File.SetUnixFileMode(_fixture.Directory, (UnixFileMode)0b111_111_111);
        await AssertRefusedAsync("writable by others");
    }

    [Fact]
    public async Task A_file_in_place_of_the_directory_is_refused()
    {
        await File.WriteAllTextAsync(_fixture.Directory, "x");
        await AssertRefusedAsync("not a directory");
    }

    [Fact]
    public async Task A_directory_that_others_can_read_is_made_private()
    {
        Directory.CreateDirectory(_fixture.Directory);
        File.SetUnixFileMode(_fixture.Directory, (UnixFileMode)0b111_101_101);
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_fixture.Directory));
    }

    [Fact]
    public async Task A_directory_of_another_user_is_refused()
    {
        // Root can give its own directory away; anybody else has root's at hand.
        var directory = "/usr/share";
        if (Environment.IsPrivilegedProcess)
        {
            directory = _fixture.Directory;
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await ChangeOwnerAsync(directory);
        }

        var cache = new FileCache(_fixture.Source, new FileCacheOptions { Environment = _fixture.Environment, Directory = directory });
        _fixture.Source.Put(Id, [1]);
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Directory, exception.Error);
        Assert.Contains("belongs to another user", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("d-")]
    [InlineData("e-")]
    public async Task A_file_of_another_user_is_not_served(string prefix)
    {
        // Only root can plant one for a test; what tells whose a file is, is looked at by everybody.
        Assert.Equal(Environment.IsPrivilegedProcess, FileFacts.Of("/usr/share")!.Value.IsOurs);
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        if (Environment.IsPrivilegedProcess)
        {
            await ChangeOwnerAsync(Path.Combine(_fixture.Directory, _fixture.Names(prefix).Single()));
            using var file = await _fixture.Reopen().GetAsync(Id);
            Assert.Equal([1], await File.ReadAllBytesAsync(file.Path));
            Assert.Equal(2, _fixture.Source.Requests);
        }
    }

    [Theory]
    [InlineData("/proc/warmcontext")]
    [InlineData("/dev/null/cache")]
    public void A_directory_that_can_not_be_made_is_named(string directory)
    {
        var cache = new FileCache(_fixture.Source, new FileCacheOptions { Environment = _fixture.Environment, Directory = directory });
        var exception = Assert.Throws<FileCacheException>(() => cache.GetStatus());
        Assert.Equal(FileCacheError.Directory, exception.Error);
        Assert.Contains(directory, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_removed_under_a_running_process_is_made_again()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        Directory.Delete(_fixture.Directory, recursive: true);
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal([1], await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_directory_removed_in_mid_download_is_made_again()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Body = (_, body) => new GatedStream(body, asked, gate.Task);
        var get = _fixture.Cache.GetAsync(Id).AsTask();
        await asked.Task;
        Directory.Delete(_fixture.Directory, recursive: true);
        gate.SetResult();
        using var file = await get;
        Assert.Equal([1], await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_planted_link_is_not_followed()
    {
        _fixture.Source.Put(Id, [1]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        var secret = Path.Combine(_fixture.Root, "secret");
        await File.WriteAllBytesAsync(secret, [9]);
        var data = Path.Combine(_fixture.Directory, _fixture.Names("d-").Single());
        File.Delete(data);
        File.CreateSymbolicLink(data, secret);

        using var file = await _fixture.Reopen().GetAsync(Id);

        Assert.Equal([1], await File.ReadAllBytesAsync(file.Path));
        Assert.Equal([9], await File.ReadAllBytesAsync(secret));
    }

    [Fact]
    public void An_open_file_that_has_lost_its_name_or_its_length_is_not_whole()
    {
        var path = Path.Combine(_fixture.Root, "open");
        File.WriteAllBytes(path, [1, 2]);
        using var handle = File.OpenHandle(path);
        Assert.True(FileFacts.IsWhole(handle, path, 2));
        Assert.False(FileFacts.IsWhole(handle, path, 3));
        File.Delete(path);
        Assert.False(FileFacts.IsWhole(handle, path, 2));
    }

    [Fact]
    public async Task A_file_of_another_length_is_a_miss()
    {
        _fixture.Source.Put(Id, [1, 2, 3]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        await File.WriteAllBytesAsync(Path.Combine(_fixture.Directory, _fixture.Names("d-").Single()), [1]);
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(file.Path));
    }

    [Theory]
    [InlineData("relative/path")]
    [InlineData("")]
    [InlineData("/tmp/a\0b")]
    public void A_directory_that_is_no_absolute_path_is_refused(string directory)
    {
        var exception = Assert.Throws<ArgumentException>(() => new FileCache(
            _fixture.Source, new FileCacheOptions { Directory = directory }));
        Assert.Contains("FileCacheOptions.Directory", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absurd_times_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FileCache(
            _fixture.Source, new FileCacheOptions { MaximumAge = TimeSpan.FromSeconds(-2) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FileCache(
            _fixture.Source, new FileCacheOptions { DeadlineMargin = TimeSpan.FromDays(1) }));
        Assert.Throws<ArgumentNullException>(() => new FileCache(null!));
    }

    private static async Task ChangeOwnerAsync(string path)
    {
        using var process = System.Diagnostics.Process.Start("chown", ["65534", path]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private async Task AssertRefusedAsync(string why)
    {
        _fixture.Source.Put(Id, [1]);
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Directory, exception.Error);
        Assert.Contains(why, exception.Message, StringComparison.Ordinal);
        Assert.Contains(_fixture.Directory, exception.Message, StringComparison.Ordinal);
    }
}
