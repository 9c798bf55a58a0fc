using System.Diagnostics.Metrics;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Diagnostics;

/// <summary>Listeners of metrics that throw whenever this test's flow reaches them.</summary>
public sealed class ThrowingListenersTests : IDisposable
{
    private static readonly AsyncLocal<object?> s_mine = new();

    private readonly CacheFixture _fixture = new();
    private readonly MeterListener _meters;
    private int _thrown;

    public ThrowingListenersTests()
    {
        _meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == WarmContextDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _meters.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        _meters.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        _meters.Start();
    }

    public void Dispose()
    {
        _meters.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Misses_and_hits_are_served()
    {
        s_mine.Value = this;
        var content = CacheFixture.Bytes(100_000);
        _fixture.Source.Put(CacheFixture.Id, content);
        for (var i = 0; i < 5; i++)
        {
            using var file = await _fixture.Cache.GetAsync(CacheFixture.Id);
            Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        }

        Assert.Equal(1, _fixture.Source.Requests);
        Assert.InRange(_thrown, 4, int.MaxValue);
    }

    private void Throw()
    {
        if (ReferenceEquals(s_mine.Value, this))
        {
            Interlocked.Increment(ref _thrown);
            throw new InvalidOperationException("A listener of the user's.");
        }
    }
}
