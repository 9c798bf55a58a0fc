using System.Collections.Concurrent;
using System.Security.Cryptography;
using WarmContext.Files.Model;
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
    public async Task A_range_that_keeps_failing_fails_the_call_and_the_next_goes_on_from_there()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var content = CacheFixture.Bytes(10 * PartSize);
        _fixture.Source.Put(Id, content);
        _fixture.Source.Body = static (request, body) => request.Offset >= 7 * PartSize ? new BrokenStream(body, 0) : body;
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Unreachable, exception.Error);
        Assert.Equal(
            _fixture.Options.MaxAttempts,
            _fixture.Source.Log.GroupBy(static request => request.Offset).Max(static requests => requests.Count()));
        Assert.Single(_fixture.Names("p-"));
        Assert.Empty(_fixture.Names("d-"));

        _fixture.Source.Body = null;
        _fixture.Source.Log.Clear();
        using var file = await _fixture.Reopen().GetAsync(Id);

        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.All(_fixture.Source.Log, static request => Assert.True(request.Offset >= 3 * PartSize, $"{request} was fetched again."));
        Assert.Empty(_fixture.Names("p-"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_fetched_whole_before_a_kill_is_served_only_if_it_is_still_current(bool changed)
    {
        var content = CacheFixture.Bytes(3 * PartSize);
        _fixture.Source.Put(Id, content);
        var entityTag = (await FetchedTagAsync())!;
        LeaveParts(content, entityTag, complete: 3);
        var current = changed ? CacheFixture.Bytes(3 * PartSize, seed: 2) : content;
        if (changed)
        {
            _fixture.Source.Put(Id, current);
        }

        _fixture.Source.Log.Clear();
        using var served = await _fixture.Reopen().GetAsync(Id);

        Assert.Equal(current, await File.ReadAllBytesAsync(served.Path));
        if (!changed)
        {
            Assert.Equal(
                (2 * PartSize, entityTag), Assert.Single(_fixture.Source.Log.Select(static request => (request.Offset, request.IfMatch!))));
        }
    }

    [Fact]
    public async Task Of_two_unfinished_files_the_one_with_more_is_resumed_and_the_other_removed()
    {
        var content = CacheFixture.Bytes(4 * PartSize);
        _fixture.Source.Put(Id, content);
        var entityTag = (await FetchedTagAsync())!;
        LeaveParts(content, entityTag, complete: 1);
        LeaveParts(content, entityTag, complete: 3);
        LeaveParts(content, entityTag, complete: 2);
        _fixture.Source.Log.Clear();
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(3 * PartSize, Assert.Single(_fixture.Source.Log).Offset);
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task What_another_boot_left_unfinished_is_not_resumed()
    {
        var content = CacheFixture.Bytes(4 * PartSize);
        _fixture.Source.Put(Id, content);
        LeaveParts(new byte[content.Length], (await FetchedTagAsync())!, complete: 3, boot: "another");
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unfinished_file_that_is_another_s_or_has_lost_bytes_is_not_resumed(bool anothers)
    {
        var content = CacheFixture.Bytes(4 * PartSize);
        _fixture.Source.Put(Id, content);
        LeaveParts(
            CacheFixture.Bytes(4 * PartSize, seed: 2), (await FetchedTagAsync())!, complete: 3,
            of: anothers ? new FileId("bucket", "another") : Id);
        var path = Path.Combine(_fixture.Directory, _fixture.Names("p-").Single());
        if (anothers)
        {
            File.Move(path, Path.Combine(_fixture.Directory, EntryNames.NewPartial(EntryNames.Hash(_fixture.Source.Scheme, Id))));
        }
        else
        {
            await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[PartSize..]);
        }

        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task Clearing_removes_what_could_be_resumed()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize));
        _fixture.Source.Body = static (request, body) => request.Offset >= 7 * PartSize ? new BrokenStream(body, 0) : body;
        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Single(_fixture.Names("p-"));
        _fixture.Cache.Clear();
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task A_file_that_can_not_be_committed_is_a_clear_error_and_leaves_nothing()
    {
        Directory.CreateDirectory(_fixture.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(_fixture.Directory, EntryNames.CommitLock));
        _fixture.Source.Put(Id, CacheFixture.Bytes(3 * PartSize));
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Contains(Id.Key, exception.Message, StringComparison.Ordinal);
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

    [Fact]
    public async Task What_is_left_of_another_version_is_not_used()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        _fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize, seed: 1));
        _fixture.Source.Body = static (request, body) => request.Offset >= 7 * PartSize ? new BrokenStream(body, 0) : body;
        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        var content = CacheFixture.Bytes(10 * PartSize, seed: 2);
        _fixture.Source.Put(Id, content);
        _fixture.Source.Body = null;

        using var file = await _fixture.Cache.GetAsync(Id);

        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task What_is_left_of_another_version_is_not_mixed_with_the_answer_to_a_revalidation()
    {
        using var fixture = new CacheFixture(
            static options =>
                (options.PartSize, options.Parallelism, options.MaximumAge, options.StaleIfError) = (
                    PartSize, 4, TimeSpan.Zero, TimeSpan.Zero), systemTime: true);
        fixture.Source.Put(Id, [1]);
        (await fixture.Cache.GetAsync(Id)).Dispose();
        fixture.Source.HoldFirstBodyUntilRequests = fixture.Source.Requests + 4;
        fixture.Source.Put(Id, CacheFixture.Bytes(10 * PartSize, seed: 2));
        fixture.Source.Body = static (request, body) => request.Offset >= 7 * PartSize ? new BrokenStream(body, 0) : body;
        await Assert.ThrowsAsync<FileCacheException>(async () => await fixture.Cache.GetAsync(Id));
        Assert.Single(fixture.Names("p-"));
        var content = CacheFixture.Bytes(10 * PartSize, seed: 3);
        fixture.Source.Put(Id, content);
        fixture.Source.Body = null;
        fixture.Source.HoldFirstBodyUntilRequests = 0;
        fixture.Source.Log.Clear();

        using var file = await fixture.Cache.GetAsync(Id);

        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.Empty(fixture.Names("p-"));
        Assert.All(
            fixture.Source.Log,
            request => Assert.True(request.IfMatch is null || request.IfMatch == file.EntityTag, $"{request} asked for the old version."));
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

    public static TheoryData<FileChecksumAlgorithm, int> Algorithms
    {
        get
        {
            var data = new TheoryData<FileChecksumAlgorithm, int>();
            foreach (var algorithm in Enum.GetValues<FileChecksumAlgorithm>())
            {
                data.Add(algorithm, 1000);
                data.Add(algorithm, 0);
                data.Add(algorithm, (10 * PartSize) + 5);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Every_checksum_is_computed_over_the_whole_file(FileChecksumAlgorithm algorithm, int length)
    {
        var content = CacheFixture.Bytes(length);
        _fixture.Source.Put(Id, content, Checksum(algorithm, content));
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_mismatch_is_never_served(FileChecksumAlgorithm algorithm, int length)
    {
        var content = CacheFixture.Bytes(length);
        var wrong = Checksum(algorithm, content).Value.ToArray();
        wrong[^1] ^= 1;
        _fixture.Source.Put(Id, content, new FileChecksum(algorithm, wrong));

        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));

        Assert.Equal(FileCacheError.Corrupt, exception.Error);
        Assert.Empty(_fixture.Names("d-"));
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task A_file_damaged_once_is_fetched_again()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var content = CacheFixture.Bytes(10 * PartSize);
        _fixture.Source.Put(Id, content, Checksum(FileChecksumAlgorithm.Crc64Nvme, content));
        var damaged = 0;
        _fixture.Source.Body = (request, body) =>
            request.Offset == 2 * PartSize && Interlocked.Exchange(ref damaged, 1) == 0 ? new MemoryStream(new byte[PartSize]) : body;
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task What_is_resumed_is_verified_with_the_rest()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var content = CacheFixture.Bytes(10 * PartSize);
        _fixture.Source.Put(Id, content, Checksum(FileChecksumAlgorithm.Sha256, content), Checksum(FileChecksumAlgorithm.Crc32, content));
        _fixture.Source.Body = static (request, body) => request.Offset >= 7 * PartSize ? new BrokenStream(body, 0) : body;
        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        _fixture.Source.Body = null;
        using (var file = File.OpenWrite(Path.Combine(_fixture.Directory, _fixture.Names("p-").Single())))
        {
            file.WriteByte((byte)~content[0]);
        }

        using var fetched = await _fixture.Reopen().GetAsync(Id);

        Assert.Equal(content, await File.ReadAllBytesAsync(fetched.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_another_length_than_announced_is_never_served(bool longer)
    {
        var content = CacheFixture.Bytes(1000);
        _fixture.Source.Put(Id, content);
        _fixture.Source.Body = (request, body) =>
            new MemoryStream([.. content[(int)request.Offset..(longer ? 1000 : 999)], .. longer ? new byte[1] : []]);
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Corrupt, exception.Error);
        Assert.Empty(_fixture.Names("d-"));
        Assert.Empty(_fixture.Names("p-"));
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

    /// <summary>The entity tag of the file, which is not kept.</summary>
    private async Task<string?> FetchedTagAsync()
    {
        string? entityTag;
        using (var file = await _fixture.Cache.GetAsync(Id))
        {
            entityTag = file.EntityTag;
        }

        _fixture.Cache.Clear();
        return entityTag;
    }

    /// <summary>
    /// What a process leaves that is killed when so many parts are complete; all of them, while it verifies what it has fetched.
    /// </summary>
    private void LeaveParts(byte[] content, string entityTag, int complete, string? boot = null, FileId? of = null)
    {
        var scheme = _fixture.Source.Scheme;
        var id = of ?? Id;
        var record = new EntryRecord
        {
            Scheme = scheme, Id = id, DataName = EntryNames.NewData(EntryNames.Hash(scheme, id), id.Key), Length = content.Length,
            EntityTag = entityTag, BootId = boot ?? RecordFiles.CurrentBootId,
        };
        using var partial = PartialFile.Create(new CacheDirectory(_fixture.Directory), record, new PartLayout(content.Length, PartSize));
        RandomAccess.Write(partial.Handle, content.AsSpan(0, complete * PartSize), 0);
        for (var part = 0; part < complete; part++)
        {
            partial.MarkComplete(part);
        }
    }

    private static FileChecksum Checksum(FileChecksumAlgorithm algorithm, byte[] content)
    {
#pragma warning disable CA5350, CA5351 // The algorithms that S3 uses.
        return new FileChecksum(algorithm, algorithm switch
        {
            FileChecksumAlgorithm.Sha1 => SHA1.HashData(content),
            FileChecksumAlgorithm.Sha256 => SHA256.HashData(content),
            FileChecksumAlgorithm.Md5 => MD5.HashData(content),
            _ => ReferenceCrc.Compute(algorithm, content),
        });
#pragma warning restore CA5350, CA5351
    }

    private sealed class Sink(ConcurrentQueue<FileProgress> reports) : IProgress<FileProgress>
    {
        public void Report(FileProgress value) => reports.Enqueue(value);
    }
}
