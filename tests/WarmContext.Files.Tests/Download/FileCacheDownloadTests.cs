using System.Collections.Concurrent;
using System.Security.Cryptography;
using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Download;

public sealed class FileCacheDownloadTests : IDisposable
{
    private const int PartSize = 64 * 1024;

    private readonly CacheFixture _fixture = new(
        static options => (options.PartSize, options.Parallelism) = (PartSize, 4), systemTime: true);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(PartSize - 1, 1)]
    [InlineData(PartSize, 1)]
    [InlineData(PartSize + 1, 2)]
    [InlineData((10 * PartSize) + 17, 11)]
    public async Task A_file_is_fetched_in_ranges_of_one_version(int length, int parts)
    {
        var content = CacheFixture.Bytes(length);
        _fixture.Source.Put(Id, content);

        using var file = await _fixture.Cache.GetAsync(Id);

        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.InRange(_fixture.Source.Requests, 1, parts);
        Assert.All(_fixture.Source.Log.Skip(1), request => Assert.Equal(file.EntityTag, request.IfMatch));
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task The_space_of_a_file_is_reserved_before_its_bytes_come()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize));
        _fixture.Source.Body = (_, body) => new GatedStream(body, asked, gate.Task);
        var get = _fixture.Cache.GetAsync(Id).AsTask();
        await asked.Task;

        var partial = Path.Combine(_fixture.Directory, _fixture.Names("p-").Single());
        using var stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["--format=%b", partial]) { RedirectStandardOutput = true })!;
        var blocks = long.Parse(await stat.StandardOutput.ReadToEndAsync(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(blocks * 512, 10 * PartSize, 12 * PartSize);

        gate.SetResult();
        (await get).Dispose();
    }

    [Fact]
    public async Task Without_an_entity_tag_a_file_comes_in_one_request()
    {
        var content = CacheFixture.Bytes(10 * PartSize);
        _fixture.Source.Put(Id, content);
        _fixture.Source.Answer = static (_, response) =>
            new FileSourceResponse(response) { TotalLength = response.TotalLength, Length = response.Length, Body = response.Body };
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task Without_an_entity_tag_what_broke_is_not_continued()
    {
        _fixture.Source.Put(Id, CacheFixture.Bytes(1000));
        _fixture.Source.Body = static (_, body) => new BrokenStream(body, 500);
        _fixture.Source.Answer = static (_, response) =>
            new FileSourceResponse(response) { TotalLength = response.TotalLength, Length = response.Length, Body = response.Body };
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Unreachable, exception.Error);
        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task Only_what_failed_is_asked_for_again()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var content = CacheFixture.Bytes(10 * PartSize);
        _fixture.Source.Put(Id, content);
        var broken = 0;
        _fixture.Source.Body = (request, body) =>
            request.Offset == 3 * PartSize && Interlocked.Exchange(ref broken, 1) == 0 ? new BrokenStream(body, 1000) : body;

        using var file = await _fixture.Cache.GetAsync(Id);

        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.Single(_fixture.Source.Log, static request => request.Offset == (3 * PartSize) + 1000 && request.Length == PartSize - 1000);
    }

    [Fact]
    public async Task A_file_that_can_not_be_committed_is_read_straight_from_its_source_and_leaves_nothing()
    {
        Directory.CreateDirectory(_fixture.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(_fixture.Directory, EntryNames.CommitLock));
        _fixture.Source.Put(Id, CacheFixture.Bytes(3 * PartSize));
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.True(file.IsPassThrough);
        Assert.Empty(_fixture.Names("p-"));
        Assert.Empty(_fixture.Names("d-"));
    }

    [Theory]
    [InlineData(typeof(IOException), FileCacheError.Other)]
    [InlineData(typeof(UnauthorizedAccessException), FileCacheError.Other)]
    [InlineData(typeof(TimeoutException), FileCacheError.Unreachable)]
    public async Task What_goes_wrong_with_the_file_system_or_the_source_s_patience_is_told_as_promised(Type type, FileCacheError error)
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Before = (_, _) => throw (Exception)Activator.CreateInstance(type)!;
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(error, exception.Error);
        Assert.Contains(Id.Key, exception.Message, StringComparison.Ordinal);
        Assert.IsType(type, exception.InnerException);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_changes_under_way_is_fetched_anew_once(bool unnoticedByItsSource)
    {
        _fixture.Source.IgnoresIfMatch = unnoticedByItsSource;
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var next = CacheFixture.Bytes(10 * PartSize, seed: 2);
        _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize, seed: 1));
        var changed = 0;
        _fixture.Source.Before = (request, _) =>
        {
            if (request.Offset == 5 * PartSize && Interlocked.Exchange(ref changed, 1) == 0)
            {
                _fixture.Source.Put(Id, next);
            }

            return Task.CompletedTask;
        };
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(next, await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_file_that_keeps_changing_is_an_error()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var seed = 1;
        _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize));
        _fixture.Source.Before = (request, _) =>
        {
            if (request.Offset == 5 * PartSize)
            {
                _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize, Interlocked.Increment(ref seed)));
            }

            return Task.CompletedTask;
        };
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Changed, exception.Error);
        Assert.Empty(_fixture.Names("p-"));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, -1)]
    public async Task An_answer_for_another_range_is_an_error(int shifted, int longer)
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize));
        _fixture.Source.Answer = (request, response) => request.Length is null ? response : new FileSourceResponse(response)
        {
            EntityTag = response.EntityTag, TotalLength = response.TotalLength, Offset = response.Offset + shifted,
            Length = response.Length + longer, Body = response.Body,
        };
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Protocol, exception.Error);
    }

    [Fact]
    public async Task A_range_of_a_file_of_another_length_is_of_another_file()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize));
        _fixture.Source.Answer = static (request, response) => request.Length is null ? response : new FileSourceResponse(response)
        {
            EntityTag = response.EntityTag, TotalLength = response.TotalLength + 1, Offset = response.Offset, Length = response.Length,
            Body = response.Body,
        };
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Changed, exception.Error);
    }

    [Fact]
    public async Task A_source_that_gives_up_by_itself_is_an_error_and_no_cancellation()
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Before = static (_, _) =>
            throw new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout.");
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Unreachable, exception.Error);
    }

    [Fact]
    public async Task Progress_is_reported_to_the_end()
    {
        var reports = new ConcurrentQueue<FileProgress>();
        _fixture.Source.Put(Id, CacheFixture.Bytes(40 * PartSize));
        (await _fixture.Cache.GetAsync(Id, new Sink(reports))).Dispose();
        Assert.Contains(reports, static report => (report.Fetched, report.Total) == (40 * PartSize, 40 * PartSize));
        Assert.InRange(reports.Count, 2, 10);
    }

    private sealed class Sink(ConcurrentQueue<FileProgress> reports) : IProgress<FileProgress>
    {
        public void Report(FileProgress value) => reports.Enqueue(value);
    }
}
