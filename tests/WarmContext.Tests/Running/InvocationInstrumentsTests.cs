using System.Diagnostics.Metrics;
using WarmContext.TestSupport;

namespace WarmContext.Tests.Running;

/// <summary>
/// What an invocation's end tells the meter. The names that begin with "faas." are those of the OpenTelemetry semantic conventions.
/// </summary>
public sealed class InvocationInstrumentsTests : IDisposable
{
    // The meter is the process's: only what this flow and what it starts have recorded is this test's.
    private static readonly AsyncLocal<InvocationInstrumentsTests?> s_mine = new();

    private readonly ManualTimeProvider _time = new();
    private readonly MeterListener _listener;
    private readonly List<(string Name, string? Unit, double Value, string Tags)> _measurements = [];

    public InvocationInstrumentsTests()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == WarmContextDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task The_first_invocation_is_a_cold_start_and_later_ones_tell_their_gap()
    {
        var environment = TestEnvironments.OnLambda(_time);
        await RunAsync(environment, _ => _time.Advance(TimeSpan.FromSeconds(2)));
        _time.Advance(TimeSpan.FromMinutes(7));
        await RunAsync(environment, static _ => { });

        Assert.Equal([("{coldstart}", 1.0, "initialization_type=OnDemand")], Of("faas.coldstarts"));
        Assert.Equal([("s", 420.0, "")], Of("warmcontext.environment.gap"));
        Assert.Equal([("s", 2.0, ""), ("s", 0.0, "")], Of("faas.invoke_duration"));
        Assert.Equal([("{invocation}", 1.0, ""), ("{invocation}", 1.0, "")], Of("faas.invocations"));
        Assert.Empty(Of("warmcontext.background.tasks"));
    }

    [Theory]
    [InlineData("on-demand", 0.25)]
    [InlineData("snap-start", null)]
    [InlineData("provisioned-concurrency", null)]
    [InlineData("lambda-managed-instances", null)]
    public async Task Init_takes_from_the_processs_start_to_the_first_invocation_where_somebody_waited_for_it(string type, double? seconds)
    {
        var born = _time.GetUtcNow() - TimeSpan.FromMilliseconds(250);
        var environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders", ["AWS_LAMBDA_INITIALIZATION_TYPE"] = type },
            new EnvironmentClock(_time),
            () => _time.GetUtcNow() - born);
        await RunAsync(environment, _ => _time.Advance(TimeSpan.FromSeconds(2)));
        await RunAsync(environment, static _ => { });

        Assert.Equal(seconds is { } expected ? [("s", expected, "")] : [], Of("faas.init_duration"));
    }

    [Fact]
    public async Task Background_tasks_are_counted_by_how_they_ended_and_the_wait_for_them_is_measured()
    {
        var never = new TaskCompletionSource();
        var running = RunAsync(
            TestEnvironments.OnLambda(_time),
            invocation =>
            {
                invocation.Background.Track("completed", Task.CompletedTask);
                invocation.Background.Track("failed", Task.FromException(new IOException("gone")));
                invocation.Background.Track("cancelled", Task.FromCanceled(new CancellationToken(true)));
                invocation.Background.Track("abandoned", never.Task);
            },
            TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(2.5));
        while (_time.ArmedTimers == 0)
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromSeconds(0.25));
        await running;

        Assert.Equal(
            [
                ("{task}", 1.0, "outcome=completed"),
                ("{task}", 1.0, "outcome=failed"),
                ("{task}", 1.0, "outcome=cancelled"),
                ("{task}", 1.0, "outcome=abandoned"),
            ],
            Of("warmcontext.background.tasks"));
        Assert.Equal([("s", 2.75, "")], Of("warmcontext.background.drain_duration"));
    }

    [Fact]
    public async Task Each_item_of_a_warm_up_tells_how_long_it_took_and_how_it_ended_once()
    {
        var environment = TestEnvironments.OnLambda(_time);
        var slow = new TaskCompletionSource();
        var warmUp = new WarmUp(new WarmUpOptions { Environment = environment, Budget = TimeSpan.Zero })
            .Add("slow", _ => slow.Task).Add("broken", static _ => Task.FromException(new IOException("gone")));
        await warmUp.RunAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        slow.SetResult();
        await environment.WhenWarmAsync();
        Assert.Empty(Of("warmcontext.warmup.duration"));

        await RunAsync(environment, static _ => { });
        await RunAsync(environment, static _ => { });

        var items = Of("warmcontext.warmup.duration");
        Assert.Equal([("s", 3.0, "item=slow outcome=completed"), ("s", items[1].Value, "item=broken outcome=failed")], items);
    }

    [Fact]
    public async Task A_failed_handler_is_an_error_and_one_given_up_at_its_deadline_a_timeout_too()
    {
        await Assert.ThrowsAsync<IOException>(() => RunAsync(TestEnvironments.OnLambda(_time), static _ => throw new IOException("gone")));
        Assert.Equal([("{error}", 1.0, "")], Of("faas.errors"));
        Assert.Empty(Of("faas.timeouts"));
        Assert.Empty(Of("faas.invocations"));

        var managed = TestEnvironments.OnLambda(_time, ("AWS_LAMBDA_INITIALIZATION_TYPE", "lambda-managed-instances"));
        var stubborn = new TaskCompletionSource<bool>();
        var running = RunAsync(managed, stubborn.Task, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => running);
        Assert.Equal([("{timeout}", 1.0, "")], Of("faas.timeouts"));
        Assert.Equal(2, Of("faas.errors").Length);
        Assert.Equal("initialization_type=OnDemand", Assert.Single(Of("faas.coldstarts")).Tags);
    }

    private (string? Unit, double Value, string Tags)[] Of(string name)
    {
        lock (_measurements)
        {
            return [.. _measurements.Where(measurement => measurement.Name == name)
                .Select(static measurement => (measurement.Unit, measurement.Value, measurement.Tags))];
        }
    }

    private Task RunAsync(ExecutionEnvironment environment, Action<Invocation> handler, TimeSpan? timeout = null) =>
        RunAsync(environment, timeout, invocation =>
    {
        handler(invocation);
        return Task.FromResult(true);
    });

    private Task RunAsync(ExecutionEnvironment environment, Task<bool> handling, TimeSpan timeout) =>
        RunAsync(environment, timeout, _ => handling);

    private async Task RunAsync(ExecutionEnvironment environment, TimeSpan? timeout, Func<Invocation, Task<bool>> handler)
    {
        s_mine.Value = this;
        var info = new InvocationInfo { RequestId = TestEnvironments.NewRequestId(), Deadline = _time.GetUtcNow() + timeout };
        await new InvocationRunner(new InvocationOptions { Environment = environment, RevalidateAfterGap = Timeout.InfiniteTimeSpan })
            .RunAsync(info, handler, static (handler, invocation) => handler(invocation));
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (s_mine.Value != this)
        {
            return;
        }

        var text = string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"));
        lock (_measurements)
        {
            _measurements.Add((instrument.Name, instrument.Unit, value, text));
        }
    }
}
