using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Refreshing;

public sealed class NotFoundMemoryTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_missing_file_is_asked_for_once_within_a_short_time()
    {
        for (var i = 0; i < 5; i++)
        {
            var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
            Assert.Equal(FileCacheError.NotFound, exception.Error);
        }

        Assert.Equal(1, _fixture.Source.Requests);
        _fixture.Source.Put(Id, [1]);
        _fixture.Time.Advance(_fixture.Options.NotFoundAge);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
    }

    [Fact]
    public async Task That_a_file_is_missing_is_as_old_as_the_request_and_not_as_its_answer()
    {
        _fixture.Source.Before = (_, _) =>
        {
            _fixture.Time.Advance(_fixture.Options.NotFoundAge);
            return Task.CompletedTask;
        };
        for (var requests = 1; requests <= 2; requests++)
        {
            await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
            Assert.Equal(requests, _fixture.Source.Requests);
        }
    }

    [Fact]
    public async Task No_more_than_1024_missing_files_are_remembered()
    {
        for (var i = 0; i <= 1024; i++)
        {
            await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(new FileId("bucket", $"missing-{i}")));
        }

        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(new FileId("bucket", "missing-1024")));
        Assert.Equal(1025, _fixture.Source.Requests);
        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(new FileId("bucket", "missing-0")));
        Assert.Equal(1026, _fixture.Source.Requests);
    }
}
