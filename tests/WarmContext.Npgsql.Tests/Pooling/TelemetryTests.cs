using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Npgsql;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests.Pooling;

[Collection(nameof(PostgresCollection))]
public sealed class TelemetryTests(PostgresFixture postgres)
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(int? port = null, TimeProvider? time = null, int concurrency = 1) => new(
        postgres.Cluster.For(port ?? postgres.Cluster.Port),
        new WarmNpgsqlOptions { Environment = Db.Environment(time ?? _time, concurrency), ApplicationName = _name, Name = _name });

    [Fact]
    public async Task What_was_opened_reused_probed_and_replaced_and_why_is_counted()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = Listen(counts);
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
    }

    [Fact]
    public async Task An_attempt_to_open_that_is_made_again_is_counted()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = Listen(counts);
        await using var proxy = new FaultProxy(postgres.Cluster.Port) { RefuseNew = true };
        await using var source = Open(proxy.Port, TimeProvider.System);
        var use = source.UseAsync();
        Assert.True(SpinWait.SpinUntil(() => proxy.Accepted > 0, TimeSpan.FromSeconds(30)));
        proxy.RefuseNew = false;
        await use;

        Assert.InRange(counts["warmcontext.connection.open.retried"], 1, proxy.Accepted);
        Assert.Equal(1, counts["warmcontext.connection.opened"]);
    }

    [Fact]
    public async Task A_connection_that_was_just_opened_is_not_probed()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = Listen(counts);
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString,
            new WarmNpgsqlOptions { Environment = Db.Environment(_time), Name = _name, FreshFor = TimeSpan.Zero });
        await source.UseAsync();
        Assert.False(counts.ContainsKey("warmcontext.connection.probed"));
        await source.UseAsync();
        Assert.Equal(1, counts["warmcontext.connection.probed"]);
    }

    [Fact]
    public async Task The_first_half_open_connection_invalidates_the_others_so_that_their_probes_do_not_add_up()
    {
        const int together = 6;
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = Listen(counts);
        var time = new FreezableTimeProvider();
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = Open(proxy.Port, time, together);
        var connections = await Task.WhenAll(Enumerable.Range(0, together).Select(_ => source.OpenConnectionAsync().AsTask()));
        await Task.WhenAll(connections.Select(static connection => connection.DisposeAsync().AsTask()));
        proxy.Blackhole();
        time.Freeze(TimeSpan.FromSeconds(2));
        await source.UseAsync();

        Assert.Equal(1, counts["warmcontext.connection.probed"]);
        Assert.Equal(1, counts["warmcontext.connection.replaced half_open"]);
        Assert.Equal(together + 1, counts["warmcontext.connection.opened"]);
    }

    [Fact]
    public async Task A_connection_that_was_half_open_is_counted_as_that_for_every_kind_of_connection()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = Listen(counts);
        var time = new FreezableTimeProvider();
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = Open(proxy.Port, time);
        await source.UseAsync();
        proxy.Blackhole();
        time.Freeze(TimeSpan.FromSeconds(2));
        await source.UseAsync();
        Assert.Equal(1, counts["warmcontext.connection.replaced half_open"]);
        Assert.False(counts.ContainsKey("warmcontext.connection.replaced dead"));

        await using var connections = new WarmConnection<NpgsqlConnection>(
            () => new NpgsqlConnection($"{postgres.Cluster.For(proxy.Port)};Pooling=false"),
            new WarmConnectionOptions<NpgsqlConnection>
            {
                Environment = Db.Environment(time), Name = _name, ProbeTimeout = TimeSpan.FromSeconds(2),
            });
        (await connections.LeaseAsync()).Dispose();
        proxy.Blackhole();
        time.Freeze(TimeSpan.FromSeconds(2));
        (await connections.LeaseAsync()).Dispose();
        Assert.Equal(2, counts["warmcontext.connection.replaced half_open"]);
        proxy.Reset();
        time.Freeze(TimeSpan.FromSeconds(2));
        (await connections.LeaseAsync()).Dispose();
        Assert.Equal(1, counts["warmcontext.connection.replaced dead"]);
        time.Freeze(TimeSpan.FromSeconds(301));
        (await connections.LeaseAsync()).Dispose();
        Assert.Equal(1, counts["warmcontext.connection.replaced idle_limit"]);
    }

    [Fact]
    public async Task A_connection_whose_server_takes_no_writes_any_more_is_counted_as_that()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = Listen(counts);
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString,
            new WarmNpgsqlOptions
            {
                Environment = Db.Environment(_time), Name = _name,
                Preset = WarmNpgsqlPreset.AuroraFailover, SessionState = WarmSessionState.Keep,
            });
        await using (var connection = await source.OpenConnectionAsync())
        {
            // What a probe sees of a server that has become a reader.
            await connection.QueryAsync<string>("SELECT set_config('default_transaction_read_only', 'on', false)");
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        await source.UseAsync();
        Assert.Equal(1, counts["warmcontext.connection.replaced read_only"]);
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
    public async Task After_a_long_gap_the_connection_is_probed_before_the_handler_runs()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        var environment = Db.Environment(_time);
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(proxy.Port), new WarmNpgsqlOptions { Environment = environment, ApplicationName = _name, Name = _name });
        await Db.InInvocationAsync(environment, TimeSpan.FromSeconds(10), () => source.UseAsync());
        proxy.Reset();
        _time.Advance(TimeSpan.FromMinutes(1));

        var hot = await Db.InInvocationAsync(environment, TimeSpan.FromSeconds(10), async () =>
        {
            var lease = source.OpenConnectionAsync();
            var atOnce = lease.IsCompletedSuccessfully;
            await (await lease).DisposeAsync();
            return atOnce;
        });

        Assert.True(hot);
    }

    private MeterListener Listen(ConcurrentDictionary<string, double> counts)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listening) =>
            {
                if (instrument.Meter.Name == WarmContextDiagnostics.MeterName)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Count(instrument, 1, tags));
        listener.Start();
        return listener;

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
}
