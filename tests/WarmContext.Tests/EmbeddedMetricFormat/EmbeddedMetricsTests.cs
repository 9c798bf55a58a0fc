using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using WarmContext.EmbeddedMetricFormat;
using WarmContext.TestSupport;

namespace WarmContext.Tests.EmbeddedMetricFormat;

/// <remarks>
/// The meter is the process's, so these tests run alone: an invocation of another test that ends in the middle of one would write its
/// figures.
/// </remarks>
[Collection(nameof(RunsAlone))]
public sealed class EmbeddedMetricsTests : IDisposable
{
    private readonly string _id = "t" + Guid.NewGuid().ToString("N");
    private readonly Meter _meter = new(WarmContextDiagnostics.MeterName);
    private readonly MemoryStream _output = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;

    public EmbeddedMetricsTests() => _environment = TestEnvironments.OnLambda(_time);

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Where_nobody_flushes_what_is_kept_is_bounded_however_the_tags_vary()
    {
        var buffer = new EmbeddedMetricsBuffer();
        var counter = _meter.CreateCounter<long>(_id + ".requests", "{request}");
        for (var i = 0; i < 20_000; i++)
        {
            Assert.True(buffer.TryAdd(counter, 1, [new KeyValuePair<string, object?>("path", i)]));
        }

        Assert.Equal(10_000, buffer.Take().Count);
    }

    [Fact]
    public void Counters_are_summed_and_histograms_keep_their_values_with_unit_and_dimensions()
    {
        using var metrics = Start();
        var hits = _meter.CreateCounter<long>(_id + ".hits", "{hit}");
        var size = _meter.CreateHistogram<double>(_id + ".size", "By");
        hits.Add(1);
        hits.Add(2);
        size.Record(10);
        size.Record(30.5);
        size.Record(double.NaN);
        metrics.Flush();

        var line = Assert.Single(Lines(), line => line.TryGetProperty(_id + ".hits", out _));
        Assert.Equal(3, line.GetProperty(_id + ".hits").GetDouble());
        Assert.Equal([10, 30.5], line.GetProperty(_id + ".size").EnumerateArray().Select(static value => value.GetDouble()));
        Assert.Equal("orders", line.GetProperty("FunctionName").GetString());
        var directive = line.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0];
        Assert.Equal("WarmContext", directive.GetProperty("Namespace").GetString());
        Assert.Equal("FunctionName", directive.GetProperty("Dimensions")[0][0].GetString());
        var units = directive.GetProperty("Metrics").EnumerateArray()
            .Where(metric => metric.GetProperty("Name").GetString()!.StartsWith(_id, StringComparison.Ordinal))
            .Select(static metric => metric.GetProperty("Unit").GetString());
        Assert.Equal(["Count", "Bytes"], units);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), line.GetProperty("_aws").GetProperty("Timestamp").GetInt64());
    }

    [Fact]
    public void Each_combination_of_tags_has_its_own_line_and_dimensions()
    {
        using var metrics = Start();
        var tasks = _meter.CreateCounter<long>(_id);
        tasks.Add(1, new KeyValuePair<string, object?>("outcome", "completed"));
        tasks.Add(2, new KeyValuePair<string, object?>("outcome", "failed"));
        tasks.Add(4, new KeyValuePair<string, object?>("outcome", "completed"));
        tasks.Add(8, new KeyValuePair<string, object?>("outcome", null));
        metrics.Flush();

        var lines = Lines().Where(line => line.TryGetProperty(_id, out _)).ToArray();
        Assert.Equal([("completed", 5), ("failed", 2), (null, 8)], lines.Select(
            line => (line.TryGetProperty("outcome", out var outcome) ? outcome.GetString() : null, line.GetProperty(_id).GetInt32())));
    }

    [Fact]
    public void Tags_are_written_in_the_characters_that_CloudWatch_takes()
    {
        using var metrics = Start();
        var counter = _meter.CreateCounter<long>(_id);
        counter.Add(
            1,
            new KeyValuePair<string, object?>("item", "Préparer\tles clés \ud83d\ude00"),
            new KeyValuePair<string, object?>("outcome", " "));
        metrics.Flush();

        var line = Assert.Single(Lines(), line => line.TryGetProperty(_id, out _));
        Assert.Equal("Pr?parer?les cl?s ??", line.GetProperty("item").GetString());
        Assert.False(line.TryGetProperty("outcome", out _));
    }

    [Fact]
    public void More_than_the_format_allows_is_divided_over_lines_and_cut_to_length()
    {
        using var metrics = Start(static options => options.Dimensions["Service"] = new string('s', 2000));
        var histogram = _meter.CreateHistogram<double>(_id);
        for (var i = 0; i < 250; i++)
        {
            histogram.Record(i);
            _meter.CreateCounter<long>($"{_id}.{i}").Add(1);
        }

        metrics.Flush();

        var lines = Lines().ToArray();
        var values = lines.Where(line => line.TryGetProperty(_id, out _)).SelectMany(line => line.GetProperty(_id).EnumerateArray())
            .Select(static value => value.GetInt32());
        Assert.Equal(Enumerable.Range(0, 250), values);
        Assert.All(Enumerable.Range(0, 250), i => Assert.Single(lines, line => line.TryGetProperty($"{_id}.{i}", out _)));
    }

    [Fact]
    public async Task An_invocations_end_writes_its_figures_without_being_asked()
    {
        using var metrics = Start();
        await Run(static invocation => invocation.Background.Run("audit", static _ => throw new IOException("gone")));

        var lines = Lines().ToArray();
        Assert.Contains(
            lines, line => line.TryGetProperty("faas.invoke_duration", out _) && line.GetProperty("faas.invocation_id").GetString() == _id);
        Assert.Contains(
            lines, static line => line.TryGetProperty("warmcontext.background.tasks", out _) && Text(line, "outcome") == "failed");
        Assert.Contains(
            lines, static line => line.TryGetProperty("faas.coldstarts", out _) && Text(line, "initialization_type") == "OnDemand");
    }

    [Theory]
    [InlineData("on-demand", true)]
    [InlineData("lambda-managed-instances", false)]
    public async Task Lines_name_the_invocation_only_where_no_other_can_have_added_to_them(string type, bool named)
    {
        var environment = TestEnvironments.OnLambda(_time, ("AWS_LAMBDA_INITIALIZATION_TYPE", type));
        using var metrics = Start(options => options.Environment = environment);
        await Run(static _ => { }, environment);

        Assert.All(Lines(), line => Assert.Equal(named, line.TryGetProperty("faas.invocation_id", out var id) && id.GetString() == _id));
        Assert.NotEmpty(Lines());
    }

    [Fact]
    public async Task An_output_that_fails_costs_the_figures_and_nothing_else()
    {
        using var log = new LogCapture();
        using var metrics = Start(options => options.Output = new MemoryStream([], writable: false));

        await Run(static _ => { });

        log.Only("EmbeddedMetricsFailed", _id);
    }

    [Fact]
    public void Disposing_writes_the_rest_and_stops()
    {
        var counter = _meter.CreateCounter<long>(_id);
        using (Start())
        {
            counter.Add(1);
        }

        counter.Add(1);
        Assert.Equal(1, Assert.Single(Lines(), line => line.TryGetProperty(_id, out _)).GetProperty(_id).GetInt32());
    }

    [Fact]
    public void Measurements_from_many_threads_are_all_there_once()
    {
        using var metrics = Start();
        var counter = _meter.CreateCounter<long>(_id);
        Parallel.For(0, 32, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                counter.Add(1);
                if (i % 100 == 0)
                {
                    metrics.Flush();
                }
            }
        });
        metrics.Flush();

        Assert.Equal(32_000, Lines().Where(line => line.TryGetProperty(_id, out _)).Sum(line => line.GetProperty(_id).GetInt64()));
    }

    [Fact]
    public void Bad_options_are_refused_by_name()
    {
        Assert.Contains("Namespace", Assert.Throws<ArgumentException>(() => Start(static options => options.Namespace = " ")).Message,
            StringComparison.Ordinal);
        Assert.Contains("Dimensions", Assert.Throws<ArgumentException>(
            () => Start(static options => options.Dimensions["a"] = "")).Message, StringComparison.Ordinal);
        Assert.Contains("Namespace", Assert.Throws<ArgumentException>(
            () => Start(static options => options.Namespace = "Bestellungen für alle")).Message, StringComparison.Ordinal);
        Assert.Contains("'ü'", Assert.Throws<ArgumentException>(() => Start(static options => options.Dimensions["a"] = "ü")).Message,
            StringComparison.Ordinal);
        Assert.Contains("Environment",
            Assert.Throws<ArgumentException>(() => Start(static options => options.Environment = null!)).Message, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement line, string property) => line.GetProperty(property).GetString();

    private EmbeddedMetrics Start(Action<EmbeddedMetricsOptions>? configure = null)
    {
        var options = new EmbeddedMetricsOptions { Environment = _environment, Output = _output };
        configure?.Invoke(options);
        return EmbeddedMetrics.Start(options);
    }

    private Task Run(Action<Invocation> handler, ExecutionEnvironment? environment = null) =>
        new InvocationRunner(new InvocationOptions { Environment = environment ?? _environment })
            .RunAsync(new InvocationInfo { RequestId = _id }, handler, static (handler, invocation) =>
        {
            handler(invocation);
            return Task.FromResult(true);
        });

    private IEnumerable<JsonElement> Lines() =>
        Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(EmbeddedMetricsSpecification.Check);
}
