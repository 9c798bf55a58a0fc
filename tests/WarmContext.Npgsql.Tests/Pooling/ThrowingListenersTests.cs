using System.Diagnostics;
using System.Diagnostics.Metrics;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>Listeners and samplers that throw whenever this test's flow reaches them: two slots, and many leases.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class ThrowingListenersTests(PostgresFixture postgres)
{
    private static readonly AsyncLocal<object?> s_mine = new();

    private readonly ManualTimeProvider _time = new();
    private int _thrown;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Leases_are_had_and_given_back_as_often_as_asked_for(bool synchronous)
    {
        s_mine.Value = this;
        using var meters = ListenToMeters();
        using var spans = ListenToSpans();
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString,
            new WarmNpgsqlOptions { Environment = Db.Environment(_time), ApplicationName = Db.NewApplicationName() });
        for (var i = 0; i < 10; i++)
        {
            await using (var connection = synchronous ? source.OpenConnection() : await source.OpenConnectionAsync())
            {
                Assert.Equal(1, await connection.QueryAsync<int>("SELECT 1"));
            }

            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(2, source.MaxConnections);
        Assert.InRange(_thrown, 20, int.MaxValue);
    }

    private MeterListener ListenToMeters()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == WarmContextDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        listener.Start();
        return listener;
    }

    private ActivityListener ListenToSpans()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == WarmContextDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            {
                // Every other one: the span that began has to end as well.
                if (_thrown % 2 == 0)
                {
                    Throw();
                }

                return ActivitySamplingResult.AllData;
            },
            ActivityStopped = _ => Throw(),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
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
