using WarmContext.Files.Storage;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Storage;

public sealed class RecordFilesTests : IDisposable
{
    private readonly CacheFixture _fixture = new();

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_record_under_the_name_of_another_file_is_a_miss()
    {
        var other = new FileId("bucket", "other");
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Put(other, [2]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        File.Copy(
            Path.Combine(_fixture.Directory, _fixture.Names("e-").Single()),
            Path.Combine(_fixture.Directory, EntryNames.Record(EntryNames.Hash("memory", other))));
        using var file = await _fixture.Reopen().GetAsync(other);
        Assert.Equal([2], await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_record_of_another_source_is_a_miss()
    {
        var other = new MemorySource("other");
        _fixture.Source.Put(Id, [1]);
        other.Put(Id, [2]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        File.Copy(
            Path.Combine(_fixture.Directory, _fixture.Names("e-").Single()),
            Path.Combine(_fixture.Directory, EntryNames.Record(EntryNames.Hash("other", Id))));
        using var file = await new FileCache(other, _fixture.Options).GetAsync(Id);
        Assert.Equal([2], await File.ReadAllBytesAsync(file.Path));
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("e-0000000000000000000000000000000000000000")]
    [InlineData("d-0000000000000000000000000000000000000000-../../secret")]
    public void A_record_that_names_anything_but_a_data_file_is_none(string name)
    {
        var record = new EntryRecord { Scheme = "memory", Id = Id, DataName = EntryNames.NewData(
            EntryNames.Hash("memory", Id), Id.Key), Length = 1 };
        Assert.Equal(record.DataName, RecordFiles.Parse(RecordFiles.Serialize(record))!.DataName);
        Assert.Null(RecordFiles.Parse(RecordFiles.Serialize(record with { DataName = name })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("warmcontext-file 1\nend=0000000000000000\n")]
    public async Task A_damaged_record_is_a_miss(string text)
    {
        await AssertRecordIsAMissAsync(_ => text);
    }

    [Fact]
    public async Task A_record_cut_short_or_changed_is_a_miss()
    {
        await AssertRecordIsAMissAsync(static text => text[..(text.Length / 2)]);
        await AssertRecordIsAMissAsync(static text => text.Replace("length=3", "length=2", StringComparison.Ordinal));
    }

    private async Task AssertRecordIsAMissAsync(Func<string, string> damage)
    {
        _fixture.Source.Put(Id, [1, 2, 3]);
        (await _fixture.Cache.GetAsync(Id)).Dispose();
        var record = Path.Combine(_fixture.Directory, _fixture.Names("e-").Single());
        await File.WriteAllTextAsync(record, damage(await File.ReadAllTextAsync(record)));
        var before = _fixture.Source.Requests;
        using var file = await _fixture.Reopen().GetAsync(Id);
        Assert.Equal(before + 1, _fixture.Source.Requests);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(file.Path));
    }
}
