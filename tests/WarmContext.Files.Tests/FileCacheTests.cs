using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests;

public sealed class FileCacheTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_file_is_fetched_once_and_then_served_from_disk()
    {
        var content = CacheFixture.Bytes(100_000);
        _fixture.Source.Put(Id, content);

        for (var i = 0; i < 3; i++)
        {
            using var file = await _fixture.Cache.GetAsync(Id);
            Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
            Assert.Equal(content.Length, file.Length);
            Assert.EndsWith(".json", file.Path, StringComparison.Ordinal);
        }

        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Fact]
    public void Creating_a_cache_touches_no_disk() => Assert.False(Directory.Exists(_fixture.Directory));

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        _fixture.Source.Put(Id, []);
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(0, new FileInfo(file.Path).Length);
    }

    [Fact]
    public async Task A_lease_opens_its_file_in_every_way()
    {
        var content = CacheFixture.Bytes(10_000);
        _fixture.Source.Put(Id, content);
        using var file = await _fixture.Cache.GetAsync(Id);

        using var memory = new MemoryStream();
        await using (var stream = file.OpenRead())
        {
            await stream.CopyToAsync(memory);
        }

        Assert.Equal(content, memory.ToArray());
        using var handle = file.OpenHandle();
        var last = new byte[1];
        RandomAccess.Read(handle, last, content.Length - 1);
        Assert.Equal(content[^1], last[0]);
        using var map = file.OpenMemoryMapped();
        using var view = map.CreateViewAccessor(0, 0, System.IO.MemoryMappedFiles.MemoryMappedFileAccess.Read);
        Assert.Equal(content[4711], view.ReadByte(4711));
    }

    [Fact]
    public async Task An_ended_lease_gives_no_path()
    {
        _fixture.Source.Put(Id, [1]);
        var file = await _fixture.Cache.GetAsync(Id);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Path);
    }

    [Fact]
    public async Task Files_are_private_to_the_user()
    {
        _fixture.Source.Put(Id, [1, 2, 3]);
        using var file = await _fixture.Cache.GetAsync(Id);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_fixture.Directory));
        foreach (var path in Directory.GetFiles(_fixture.Directory))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task A_restarted_process_finds_the_file_on_disk()
    {
        _fixture.Source.Put(Id, [1, 2, 3]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();

        using var file = await _fixture.Reopen().GetAsync(Id);

        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(file.Path));
        Assert.Equal(1, _fixture.Source.Requests);
    }

    [Fact]
    public async Task Keys_of_other_containers_and_versions_are_other_files()
    {
        var ids = new[] { new FileId("a", "bc"), new FileId("ab", "c"), new FileId("a", "bc", "1"), new FileId("a", "bc", "2") };
        foreach (var (id, index) in ids.Select(static (id, index) => (id, index)))
        {
            _fixture.Source.Put(id, [(byte)index]);
        }

        for (var i = 0; i < ids.Length; i++)
        {
            using var file = await _fixture.Cache.GetAsync(ids[i]);
            Assert.Equal([(byte)i], await File.ReadAllBytesAsync(file.Path));
        }
    }

    [Fact]
    public async Task An_object_is_parsed_once_for_each_version_and_kept()
    {
        var parses = 0;
        _fixture.Source.Put(Id, [7]);
        int Parse(Stream stream)
        {
            parses++;
            return stream.ReadByte();
        }

        Assert.Equal(7, await _fixture.Cache.GetOrLoadAsync(Id, Parse));
        Assert.Equal(7, await _fixture.Cache.GetOrLoadAsync(Id, Parse));
        Assert.Equal(1, parses);

        _fixture.Source.Put(Id, [8]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        Assert.Equal(8, await _fixture.Cache.GetOrLoadAsync(Id, Parse));
        Assert.Equal(2, parses);
    }

    [Fact]
    public async Task A_confirmed_version_is_not_parsed_again()
    {
        var parses = 0;
        _fixture.Source.Put(Id, [7]);
        await _fixture.Cache.GetOrLoadAsync(Id, _ => ++parses);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        await _fixture.Cache.GetOrLoadAsync(Id, _ => ++parses);
        Assert.Equal(1, _fixture.Source.NotModified);
        Assert.Equal(1, parses);
    }

    [Fact]
    public async Task A_parser_that_fails_is_called_again_by_the_next()
    {
        _fixture.Source.Put(Id, [7]);
        await Assert.ThrowsAsync<FormatException>(async () => await _fixture.Cache.GetOrLoadAsync<int>(
            Id, _ => throw new FormatException()));
        Assert.Equal(7, await _fixture.Cache.GetOrLoadAsync(Id, static stream => stream.ReadByte()));
    }

    [Fact]
    public async Task A_parser_of_streams_must_not_return_a_task()
    {
        _fixture.Source.Put(Id, [7]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await _fixture.Cache.GetOrLoadAsync(
            Id, static stream => Task.FromResult(stream.ReadByte())));
    }

    [Fact]
    public async Task A_parser_may_get_an_object_of_another_type_from_the_same_file()
    {
        _fixture.Source.Put(Id, [7]);
        var parsed = _fixture.Cache.GetOrLoadAsync(Id, async (_, cancellationToken) =>
            $"{await _fixture.Cache.GetOrLoadAsync(Id, static stream => stream.ReadByte(), cancellationToken)}").AsTask();
        Assert.Equal("7", await parsed.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(
            7, await _fixture.Cache.GetOrLoadAsync<int>(Id, static _ => throw new InvalidOperationException("It is parsed already.")));
    }

    [Fact]
    public async Task A_parsed_null_is_kept_like_any_object()
    {
        var parses = 0;
        _fixture.Source.Put(Id, [7]);
        for (var i = 0; i < 2; i++)
        {
            Assert.Null(await _fixture.Cache.GetOrLoadAsync<string?>(Id, _ =>
            {
                parses++;
                return null;
            }));
        }

        Assert.Equal(1, parses);
    }

    [Fact]
    public async Task What_was_parsed_is_not_disposed_when_a_new_version_replaces_it()
    {
        _fixture.Source.Put(Id, [7]);
        var old = await _fixture.Cache.GetOrLoadAsync(Id, static stream => new MemoryStream([(byte)stream.ReadByte()]));
        _fixture.Source.Put(Id, [8]);
        _fixture.Time.Advance(_fixture.Options.MaximumAge);
        Assert.NotSame(old, await _fixture.Cache.GetOrLoadAsync(Id, static stream => new MemoryStream([(byte)stream.ReadByte()])));
        Assert.Equal(7, old.ReadByte());
    }
}
