using System.Collections.Concurrent;
using System.Security.Cryptography;
using WarmContext.Files.Model;
using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Download;

public sealed class ResumedDownloadTests : IDisposable
{
    private const int PartSize = 64 * 1024;

    private readonly CacheFixture _fixture = new(
        static options => (options.PartSize, options.Parallelism) = (PartSize, 4), systemTime: true);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

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
            // Its last byte.
            Assert.Equal(
                ((3 * PartSize) - 1, entityTag),
                Assert.Single(_fixture.Source.Log.Select(static request => (request.Offset, request.IfMatch!))));
        }
    }

    [Fact]
    public async Task Of_several_unfinished_files_the_last_one_is_resumed_and_the_others_are_removed()
    {
        var content = CacheFixture.Bytes(4 * PartSize);
        _fixture.Source.Put(Id, content);
        var entityTag = (await FetchedTagAsync())!;
        LeaveParts(content, entityTag, complete: 1);
        LeaveParts(content, entityTag, complete: 2);
        LeaveParts(content, entityTag, complete: 3);
        Assert.Single(_fixture.Names("p-"));
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
}
