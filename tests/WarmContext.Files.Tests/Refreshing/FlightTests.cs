using WarmContext.Files.Refreshing;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Refreshing;

public sealed class FlightTests
{
    private const long Mebibyte = 1024 * 1024;

    [Fact]
    public void Progress_is_told_once_for_each_step_and_never_goes_back()
    {
        using var flight = new Flight(CacheFixture.Id, revalidates: false, default);
        var told = new List<long>();
        flight.AddProgress(new Sink(told.Add));

        // Workers report at once, and so out of order now and then.
        foreach (var fetched in new[]
        {
            1, Mebibyte, Mebibyte + 1, 3 * Mebibyte, (2 * Mebibyte) + 5, (3 * Mebibyte) + 1, (3 * Mebibyte) + 2,
        })
        {
            flight.Report(fetched, (3 * Mebibyte) + 2);
        }

        Assert.Equal([1, Mebibyte, 3 * Mebibyte, (3 * Mebibyte) + 2], told);
    }

    [Fact]
    public void A_sink_that_throws_disturbs_nobody()
    {
        using var flight = new Flight(CacheFixture.Id, revalidates: false, default);
        var told = new List<long>();
        flight.AddProgress(new Sink(static _ => throw new InvalidOperationException("The sink is broken.")));
        flight.AddProgress(new Sink(told.Add));
        flight.Report(1, 1);
        Assert.Equal([1], told);
    }

    private sealed class Sink(Action<long> report) : IProgress<FileProgress>
    {
        public void Report(FileProgress value) => report(value.Fetched);
    }
}
