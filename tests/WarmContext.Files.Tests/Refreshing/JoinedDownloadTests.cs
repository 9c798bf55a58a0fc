using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Refreshing;

/// <summary>Who joins a download that somebody else began gets what he would be given had he asked himself.</summary>
public sealed class JoinedDownloadTests : IDisposable
{
    private readonly CacheFixture _fixture = new(static options => options.MaximumAge = TimeSpan.FromSeconds(1));
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(8.8, true)]
    [InlineData(0.5, false)]
    public async Task A_joined_download_that_is_too_old_is_asked_about_anew(double seconds, bool again)
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Body = (_, body) => _fixture.Source.Requests == 1 ? new GatedStream(body, _asked, _gate.Task) : body;
        var first = _fixture.Cache.GetAsync(Id).AsTask();
        await _asked.Task;

        // A freeze, in which the file changes; the next invocation joins what the one before had begun.
        _fixture.Time.AdvanceWallOnly(TimeSpan.FromSeconds(seconds));
        _fixture.Source.Put(Id, [2]);
        var second = _fixture.Cache.GetAsync(Id).AsTask();
        _gate.SetResult();

        using var old = await first;
        Assert.Equal([1], await File.ReadAllBytesAsync(old.Path));
        using var joined = await second;
        Assert.Equal([again ? (byte)2 : (byte)1], await File.ReadAllBytesAsync(joined.Path));
        Assert.InRange(joined.Age, TimeSpan.Zero, TimeSpan.FromSeconds(0.999));
    }

    [Fact]
    public async Task A_joined_answer_that_there_is_no_file_is_asked_for_anew_when_it_is_too_old()
    {
        _fixture.Source.Before = (_, _) =>
        {
            _asked.TrySetResult();
            return _fixture.Source.Requests == 1 ? FailLaterAsync() : Task.CompletedTask;
        };
        var first = _fixture.Cache.GetAsync(Id).AsTask();
        await _asked.Task;
        _fixture.Time.AdvanceWallOnly(TimeSpan.FromSeconds(8.8));
        _fixture.Source.Put(Id, [2]);
        var second = _fixture.Cache.GetAsync(Id).AsTask();
        _gate.SetResult();

        await Assert.ThrowsAsync<FileCacheException>(() => first);
        using var joined = await second;
        Assert.Equal([2], await File.ReadAllBytesAsync(joined.Path));
    }

    private async Task FailLaterAsync()
    {
        await _gate.Task;
        throw new FileCacheException(FileCacheError.NotFound, "There was none when it was asked for.");
    }
}
