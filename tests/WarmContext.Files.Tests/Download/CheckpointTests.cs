using System.Security.Cryptography;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Download;

/// <summary>What was fetched of a part is kept, whatever ended the download.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const int Size = 6 * 1024 * 1024;
    private const int PerLane = 600 * 1024;

    private readonly CacheFixture _fixture = new(systemTime: true);
    private long _sent;

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(null, 1)]
    [InlineData(Size / 3, 3)]
    public async Task A_file_that_no_invocation_has_time_for_is_there_after_a_few_and_every_byte_came_about_once(int? partSize, int lanes)
    {
        (_fixture.Options.PartSize, _fixture.Options.Parallelism) = (partSize, lanes);
        var content = CacheFixture.Bytes(Size);
        _fixture.Source.Put(Id, content, new FileChecksum(FileChecksumAlgorithm.Sha256, SHA256.HashData(content)));
        CachedFile? file = null;
        for (var invocation = 0; file is null && invocation < 30; invocation++)
        {
            using var timeout = new CancellationTokenSource();
            var blocked = new CountdownEvent(lanes);
            _fixture.Source.Body = (_, body) => new LimitedStream(body, this, blocked, timeout);
            try
            {
                // A process of its own, as after a time-out.
                file = await _fixture.Reopen().GetAsync(Id, timeout.Token);
            }
            catch (OperationCanceledException)
            {
                await UntilGivenUpAsync();
            }
        }

        Assert.NotNull(file);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        file.Dispose();
        Assert.InRange(Interlocked.Read(ref _sent), Size, Size * 12L / 10);
        Assert.Empty(_fixture.Names("p-"));
        Assert.Empty(_fixture.Names("h-"));
    }

    [Fact]
    public async Task After_a_kill_what_came_since_the_last_checkpoint_is_fetched_again_and_no_more()
    {
        var content = CacheFixture.Bytes(Size);
        _fixture.Source.Put(Id, content);
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Source.Body = (_, body) => new LimitedStream(body, this, null, null, blocked);
        using var cancellation = new CancellationTokenSource();
        var get = _fixture.Cache.GetAsync(Id, cancellation.Token).AsTask();
        await blocked.Task.WaitAsync(TimeSpan.FromSeconds(60));

        // As a kill leaves it: a copy of the directory at this moment, with nobody who has it open.
        var left = new CacheFixture(systemTime: true);
        Directory.CreateDirectory(left.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var partial = Assert.Single(_fixture.Names("p-"));
        var copy = Path.Combine(left.Directory, partial);
        using (var copying = System.Diagnostics.Process.Start("cp", [Path.Combine(_fixture.Directory, partial), copy]))
        {
            await copying.WaitForExitAsync();
        }

        var hint = Assert.Single(_fixture.Names("h-"));
        File.CreateSymbolicLink(Path.Combine(left.Directory, hint), partial);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);

        _fixture.Source.Body = null;
        _fixture.Source.Log.Clear();
        var cache = new FileCache(_fixture.Source, left.Options);
        using (var file = await cache.GetAsync(Id))
        {
            Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        }

        Assert.Equal(PerLane / (256 * 1024) * 256 * 1024, Assert.Single(_fixture.Source.Log).Offset);
        left.Dispose();
    }

    /// <summary>Until the abandoned download has let go of its partial file.</summary>
    private async Task UntilGivenUpAsync()
    {
        foreach (var name in _fixture.Names("p-"))
        {
            for (var tries = 0; tries < 3000; tries++)
            {
                try
                {
                    await using var alone = new FileStream(
                        Path.Combine(_fixture.Directory, name), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                    break;
                }
                catch (IOException)
                {
                    await Task.Delay(10);
                }
            }
        }
    }

    /// <summary>A body of which so much comes in one invocation; when all lanes have that much, its time is over.</summary>
    private sealed class LimitedStream(
        Stream inner, CheckpointTests test, CountdownEvent? blocked, CancellationTokenSource? timeout, TaskCompletionSource? reached = null)
        : MemoryStream
    {
        private int _left = PerLane;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
            {
                reached?.TrySetResult();
                if (blocked is not null && (blocked.IsSet || blocked.Signal()))
                {
                    await timeout!.CancelAsync();
                }

                await Task.Delay(timeout is null ? Timeout.Infinite : 5000, cancellationToken);
                await timeout!.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var read = await inner.ReadAsync(buffer[..Math.Min(Math.Min(buffer.Length, 64 * 1024), _left)], cancellationToken);
            _left -= read;
            Interlocked.Add(ref test._sent, read);
            return read;
        }
    }
}
