namespace WarmContext.Tests.Files;

public sealed class FileCacheDownloadTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_body_of_another_length_than_announced_is_never_served(int difference)
    {
        _fixture.Source.Put(Id, CacheFixture.Bytes(1000));
        _fixture.Source.Body = (_, _) => new MemoryStream(CacheFixture.Bytes(1000 + difference));
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Corrupt, exception.Error);
        Assert.Empty(_fixture.Names("d-"));
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task A_source_that_gives_up_by_itself_is_an_error_and_no_cancellation()
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Before = static (_, _) => throw new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout.");
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Unreachable, exception.Error);
    }
}
