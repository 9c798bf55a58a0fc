using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests;

public sealed class FileCacheListingTests : IDisposable
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
    public async Task The_status_lists_files_and_clearing_removes_them_but_not_under_a_lease()
    {
        Put(1);
        await GetAsync(2);
        using (var leased = await _fixture.Cache.GetAsync(Id(1)))
        {
            var status = _fixture.Cache.GetStatus();
            Assert.Equal(2 * Size, status.Used);
            Assert.Equal([1, 0], status.Files.OrderBy(static file => file.Id.Key).Select(static file => file.Leases));

            _fixture.Cache.Clear();
            Assert.Empty(_fixture.Cache.GetStatus().Files);
            Assert.Equal(CacheFixture.Bytes(Size, 1), await File.ReadAllBytesAsync(leased.Path));
        }

        Assert.Empty(_fixture.Names("d-"));
    }

    [Fact]
    public async Task Prefetching_fetches_all_that_is_there_and_names_what_is_not()
    {
        Put(1);
        Put(2);
        var exception = await Assert.ThrowsAsync<AggregateException>(() => _fixture.Cache.PrefetchAsync([Id(1), Id(2), Id(3)]));
        Assert.Contains("key-3", Assert.Single(exception.InnerExceptions).Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], Held());
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

    private int[] Held() => _fixture.Cache.GetStatus().Files.Select(static file => file.Id.Key[^1] - '0').Order().ToArray();
}
