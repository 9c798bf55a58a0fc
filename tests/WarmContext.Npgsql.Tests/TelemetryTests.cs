using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests;

[Collection(nameof(PostgresCollection))]
public sealed class TelemetryTests(PostgresFixture postgres)
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(int? port = null, TimeProvider? time = null) => new(
        postgres.Cluster.For(port ?? postgres.Cluster.Port),
        new WarmNpgsqlOptions { Environment = Db.Environment(time ?? _time), ApplicationName = _name, Name = _name });

    [Fact]
    public async Task What_was_opened_reused_probed_and_replaced_and_why_is_counted()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == WarmContextDiagnostics.MeterName)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Count(instrument, 1, tags));
        listener.Start();

        await using var source = Open();
        await source.UseAsync();
        await source.UseAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        await source.UseAsync();
        await postgres.TerminateAsync(_name);
        _time.Advance(TimeSpan.FromSeconds(2));
        await source.UseAsync();
        _time.Advance(TimeSpan.FromSeconds(301));
        await source.UseAsync();

        Assert.Equal(3, counts["warmcontext.connection.opened"]);
        Assert.Equal(2, counts["warmcontext.connection.reused"]);
        Assert.Equal(2, counts["warmcontext.connection.probed"]);
        Assert.Equal(1, counts["warmcontext.connection.replaced dead"]);
        Assert.Equal(1, counts["warmcontext.connection.replaced idle_limit"]);
        Assert.Equal(5, counts["warmcontext.connection.wait"]);

        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = instrument.Name;
            var mine = false;
            foreach (var (tag, content) in tags)
            {
                mine |= tag == "warmcontext.connection.pool" && Equals(content, _name);
                key += tag == "warmcontext.connection.reason" ? $" {content}" : string.Empty;
            }

            if (mine)
            {
                counts.AddOrUpdate(key, value, (_, before) => before + value);
            }
        }
    }

    [Fact]
    public async Task A_lease_that_had_to_wait_shows_as_a_span_with_what_it_replaced()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == WarmContextDiagnostics.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (Equals(span.GetTagItem("warmcontext.connection.pool"), _name))
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var source = Open();
        await source.UseAsync();
        await postgres.TerminateAsync(_name);
        _time.Advance(TimeSpan.FromSeconds(2));
        await source.UseAsync();

        Assert.Equal(2, spans.Count);
        Assert.All(spans, static span => Assert.Equal("warmcontext.connection.lease", span.OperationName));
        var replaced = Assert.Single(spans.Last().Events);
        Assert.Equal("replaced", replaced.Name);
        Assert.Equal("dead", replaced.Tags.Single().Value);
    }

    [Fact]
    public async Task After_a_long_gap_the_connection_is_proven_before_the_handler_runs()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        var time = new FreezableTimeProvider();
        var environment = Db.Environment(time);
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(proxy.Port), new WarmNpgsqlOptions { Environment = environment, ApplicationName = _name, Name = _name });
        await Db.InInvocationAsync(environment, TimeSpan.FromSeconds(10), () => source.UseAsync());
        proxy.Reset();
        time.Freeze(TimeSpan.FromMinutes(1));

        var hot = await Db.InInvocationAsync(environment, TimeSpan.FromSeconds(10), async () =>
        {
            var lease = source.OpenConnectionAsync();
            var atOnce = lease.IsCompletedSuccessfully;
            await (await lease).DisposeAsync();
            return atOnce;
        });

        Assert.True(hot);
    }
}
