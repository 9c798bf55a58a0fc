using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Refreshing;

public sealed class FileCacheConcurrencyTests : IDisposable
{
    private readonly CacheFixture _fixture = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Any_number_of_callers_cost_one_download()
    {
        _fixture.Source.Put(Id, CacheFixture.Bytes(50_000));
        _fixture.Source.Before = (_, _) => _gate.Task;
        var callers = Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await _fixture.Cache.GetAsync(Id))).ToArray();
        _gate.SetResult();
        var files = await Task.WhenAll(callers);

        Assert.Equal(1, _fixture.Source.Requests);
        Assert.Single(files.Select(static file => file.Path).Distinct());
        foreach (var file in files)
        {
            file.Dispose();
        }
    }

    [Fact]
    public async Task Any_number_of_callers_parse_a_version_once()
    {
        var parses = 0;
        _fixture.Source.Put(Id, [7]);
        async ValueTask<byte[]> ParseAsync(CachedFile file, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref parses);
            await _gate.Task.WaitAsync(cancellationToken);
            return await File.ReadAllBytesAsync(file.Path, cancellationToken);
        }

        var callers = Enumerable.Range(0, 16)
            .Select(_ => Task.Run(async () => await _fixture.Cache.GetOrLoadAsync(Id, ParseAsync)))
            .ToArray();
        _gate.SetResult();
        var parsed = await Task.WhenAll(callers);

        Assert.Equal(1, parses);
        Assert.Equal([7], Assert.Single(parsed.Distinct()));
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_disturb_the_others()
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Before = (_, cancellationToken) => _gate.Task.WaitAsync(cancellationToken);
        using var cancellation = new CancellationTokenSource();
        var first = _fixture.Cache.GetAsync(Id, cancellation.Token).AsTask();
        var second = _fixture.Cache.GetAsync(Id).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _gate.SetResult();

        using var file = await second;
        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task A_download_nobody_waits_for_is_given_up_and_leaves_nothing()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // The next download waits for the lock of this one, if only for an instant: by the system's clock, which moves by itself.
        using var fixture = new CacheFixture(systemTime: true);
        fixture.Source.Put(Id, [1]);
        fixture.Source.Before = async (_, cancellationToken) =>
        {
            asked.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                stopped.TrySetResult();
            }
        };
        using var cancellation = new CancellationTokenSource();
        var only = fixture.Cache.GetAsync(Id, cancellation.Token).AsTask();
        await asked.Task;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));

        fixture.Source.Before = null;
        using var file = await fixture.Cache.GetAsync(Id);
        Assert.Empty(fixture.Names("p-"));
    }

    [Fact]
    public async Task A_failure_reaches_every_waiter_and_the_next_call_tries_again()
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Before = async (_, _) =>
        {
            await _gate.Task;
            throw new FileCacheException(FileCacheError.AccessDenied, "access is denied");
        };
        var callers = Enumerable.Range(0, 8).Select(_ => _fixture.Cache.GetAsync(Id).AsTask()).ToArray();
        _gate.SetResult();
        foreach (var caller in callers)
        {
            Assert.Equal(FileCacheError.AccessDenied, (await Assert.ThrowsAsync<FileCacheException>(() => caller)).Error);
        }

        _fixture.Source.Before = null;
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(2, _fixture.Source.Requests);
    }

    [Fact]
    public async Task A_leased_file_stays_when_a_newer_version_replaces_it()
    {
        _fixture.Source.Put(Id, [1]);
        var old = await _fixture.Cache.GetAsync(Id);
        _fixture.Source.Put(Id, [2]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        using var current = await _fixture.Cache.GetAsync(Id);

        Assert.Equal([1], await File.ReadAllBytesAsync(old.Path));
        Assert.Equal([2], await File.ReadAllBytesAsync(current.Path));
        Assert.Equal(2, _fixture.Names("d-").Length);
        old.Dispose();
        Assert.Single(_fixture.Names("d-"));
    }

    [Fact]
    public async Task A_body_that_takes_longer_than_the_idle_timeout_and_keeps_coming_is_no_error()
    {
        var content = CacheFixture.Bytes(40);
        _fixture.Source.Put(Id, content);
        _fixture.Source.Body = (_, body) => new TricklingStream(body, () => _fixture.Time.Advance(_fixture.Options.IdleTimeout / 8));
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task The_invocation_s_remaining_time_bounds_the_wait()
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Before = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        var runner = new InvocationRunner(new InvocationOptions { Environment = _fixture.Environment });
        var info = new InvocationInfo { RequestId = "r-1", Deadline = _fixture.Time.GetUtcNow().AddSeconds(3) };

        var run = runner.RunAsync(info, 0, async (_, _) =>
        {
            var get = _fixture.Cache.GetAsync(Id).AsTask();
            while (_fixture.Time.ArmedTimers == 0)
            {
                await Task.Yield();
            }

            _fixture.Time.Advance(TimeSpan.FromSeconds(2.8));
            return await Assert.ThrowsAsync<FileCacheException>(() => get);
        });

        var exception = await run;
        Assert.Equal(FileCacheError.TimedOut, exception.Error);
        Assert.Contains("memory://bucket/models/prices.json", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A body that comes byte by byte, each after some time.</summary>
    private sealed class TricklingStream(Stream inner, Action wait) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            wait();
            cancellationToken.ThrowIfCancellationRequested();
            return await inner.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
        }
    }
}
