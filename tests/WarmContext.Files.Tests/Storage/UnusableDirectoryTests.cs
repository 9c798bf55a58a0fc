using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

/// <summary>What becomes of files when their directory is gone or can't be written to: nothing fails where the source answers.</summary>
public sealed class UnusableDirectoryTests : IDisposable
{
    private readonly CacheFixture _fixture = new(static options => options.MaximumAge = Timeout.InfiniteTimeSpan);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_lease_and_all_later_uses_outlive_the_removal_of_the_directory()
    {
        _fixture.Source.Put(Id, [1, 2, 3]);
        using var leased = await _fixture.Cache.GetAsync(Id);
        Directory.Delete(_fixture.Directory, recursive: true);

        for (var i = 0; i < 3; i++)
        {
            using var file = await _fixture.Cache.GetAsync(Id);
            Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(file.Path));
        }

        await using var stream = leased.OpenRead();
        Assert.Equal(1, stream.ReadByte());
        using var handle = leased.OpenHandle();
        Assert.Equal(3, RandomAccess.GetLength(handle));
        using var mapped = leased.OpenMemoryMapped();
        Assert.Equal(2, _fixture.Source.Requests);
    }

    [Theory]
    [InlineData("/proc/warmcontext-cache")]
    [InlineData("/dev/null/cache")]
    public async Task Where_the_directory_can_not_be_made_files_are_read_straight_from_the_source(string directory)
    {
        _fixture.Options.Directory = directory;
        var cache = _fixture.Reopen();
        _fixture.Source.Put(Id, [1, 2, 3]);
        for (var i = 0; i < 2; i++)
        {
            using var file = await cache.GetAsync(Id);
            Assert.True(file.IsPassThrough);
            await using var stream = file.OpenRead();
            Assert.Equal(1, stream.ReadByte());
        }

        Assert.Equal(3, await cache.GetOrLoadAsync(Id, static stream => stream.ReadByte() + stream.ReadByte()));
    }
}
