using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Download;

public sealed class PassThroughTests : IDisposable
{
    private readonly CacheFixture _fixture = new(static options => (options.Capacity, options.FreeSpaceFloor) = (100, 0));
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_body_that_stops_coming_is_an_error()
    {
        _fixture.Source.Put(Id, CacheFixture.Bytes(1000));
        _fixture.Source.Body = (_, body) =>
            _fixture.Source.Requests == 2 ? new GatedStream(body, _asked, Task.Delay(Timeout.Infinite)) : body;
        using var file = await _fixture.Cache.GetAsync(Id);
        await using var stream = file.OpenRead();

        // A reader may take its time between two reads.
        Tick(100);
        var read = stream.ReadAsync(new byte[10]).AsTask();
        await _asked.Task;
        Tick(8);
        Assert.False(read.IsCompleted);
        Tick(1);
        var exception = await Assert.ThrowsAsync<FileCacheException>(() => read);
        Assert.Equal(FileCacheError.Stalled, exception.Error);
        Assert.Contains(Id.Key, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_body_that_is_read_to_its_exact_length_is_an_error()
    {
        _fixture.Source.Put(Id, CacheFixture.Bytes(1000), new FileChecksum(FileChecksumAlgorithm.Crc32, new byte[4]));
        _fixture.Source.Body = (_, body) => new ThrowsAtItsEnd(body);
        using var file = await _fixture.Cache.GetAsync(Id);
        await using var stream = file.OpenRead();
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await stream.ReadExactlyAsync(new byte[1000]));
        Assert.Equal(FileCacheError.Corrupt, exception.Error);
    }

    [Fact]
    public async Task A_reader_who_gives_up_has_cancelled_and_not_stalled()
    {
        _fixture.Source.Put(Id, CacheFixture.Bytes(1000));
        _fixture.Source.Body = (_, body) => new GatedStream(body, _asked, Task.Delay(Timeout.Infinite));
        using var file = await _fixture.Cache.GetAsync(Id);
        await using var stream = file.OpenRead();
        using var cancellation = new CancellationTokenSource();
        var read = stream.ReadAsync(new byte[10], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_invocation_s_remaining_time_bounds_the_wait_for_an_answer(bool cancelled)
    {
        _fixture.Source.Put(Id, CacheFixture.Bytes(1000));
        _fixture.Source.Before = (_, cancellationToken) =>
        {
            if (_fixture.Source.Requests < 2)
            {
                return Task.CompletedTask;
            }

            _asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        };
        using var cancellation = new CancellationTokenSource();
        var runner = new InvocationRunner(new InvocationOptions { Environment = _fixture.Environment });
        var info = new InvocationInfo { RequestId = "r-1", Deadline = _fixture.Time.GetUtcNow().AddSeconds(3) };
        await runner.RunAsync(info, 0, async (_, _) =>
        {
            var get = _fixture.Cache.GetAsync(Id, cancellation.Token).AsTask();
            await _asked.Task;
            if (cancelled)
            {
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
            }
            else
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(2.8));
                Assert.Equal(FileCacheError.TimedOut, (await Assert.ThrowsAsync<FileCacheException>(() => get)).Error);
            }

            return 0;
        });
    }

    private void Tick(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _fixture.Time.Advance(_fixture.Options.IdleTimeout / 8);
        }
    }

    /// <summary>As the SDK's streams do, which compare their checksum when they are closed.</summary>
    private sealed class ThrowsAtItsEnd(Stream inner) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new InvalidOperationException("Expected hash not equal.");
        }
    }
}
