using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests;

/// <summary>Parsers that use the cache themselves.</summary>
public sealed class ParserTests : IDisposable
{
    private static readonly FileId s_other = new("bucket", "other");

    private readonly CacheFixture _fixture = new();

    public ParserTests()
    {
        _fixture.Source.Put(Id, [1]);
        _fixture.Source.Put(s_other, [2]);
    }

    private static FileId Id => CacheFixture.Id;

    private FileCache Cache => _fixture.Cache;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_parser_that_loads_its_own_object_fails_with_a_message_and_hangs_nobody(bool passesThrough)
    {
        _fixture.Options.Capacity = passesThrough ? 1 : null;
        _fixture.Source.Put(Id, [1, 2]);
        var cache = _fixture.Reopen();
        async ValueTask<int> Parse(CachedFile file, CancellationToken token) => await cache.GetOrLoadAsync<int>(Id, Parse, token);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => cache.GetOrLoadAsync<int>(Id, Parse).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains(Id.ToString(), exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, await cache.GetOrLoadAsync(Id, static stream => stream.ReadByte()).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_parser_may_load_its_own_file_as_another_type_and_other_files()
    {
        var sum = await Cache.GetOrLoadAsync<long>(Id, async (_, token) =>
            await Cache.GetOrLoadAsync(Id, static stream => stream.ReadByte(), token)
            + await Cache.GetOrLoadAsync(s_other, static stream => stream.ReadByte(), token));
        Assert.Equal(3, sum);
    }

    [Fact]
    public async Task Two_parsers_that_wait_for_each_other_fail_with_a_message()
    {
        var both = new Barrier(2);
        Func<CachedFile, CancellationToken, ValueTask<int>> Waiting(FileId other) => async (_, token) =>
        {
            await Task.Run(() => both.SignalAndWait(TimeSpan.FromSeconds(30)), token);
            return await Cache.GetOrLoadAsync(other, Waiting(other), token);
        };
        var one = Cache.GetOrLoadAsync(Id, Waiting(s_other)).AsTask();
        var two = Cache.GetOrLoadAsync(s_other, Waiting(Id)).AsTask();
        var failures = 0;
        foreach (var load in new[] { one, two })
        {
            try
            {
                await load.WaitAsync(TimeSpan.FromSeconds(60));
            }
            catch (InvalidOperationException exception)
            {
                failures += exception.Message.Contains("other", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        Assert.True(failures > 0);
        both.Dispose();
    }
}
