using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests;

/// <summary>
/// Alone: a test beside these that listens to the meters would be told of hits on the thread that makes them, and allocate there.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UndisturbedCollection
{
    public const string Name = "Undisturbed";
}

[Collection(UndisturbedCollection.Name)]
public sealed class FileCacheAllocationTests : IDisposable
{
    private readonly CacheFixture _fixture = new(systemTime: true);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_parsed_hit_allocates_nothing()
    {
        _fixture.Source.Put(Id, [7]);
        Func<Stream, string> parse = static stream => stream.ReadByte().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await _fixture.Cache.GetOrLoadAsync(Id, parse);
        for (var i = 0; i < 1_000; i++)
        {
            await _fixture.Cache.GetOrLoadAsync(Id, parse);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            var hit = _fixture.Cache.GetOrLoadAsync(Id, parse);
            Assert.True(hit.IsCompletedSuccessfully);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
