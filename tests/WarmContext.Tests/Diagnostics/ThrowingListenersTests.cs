using System.Diagnostics;
using System.Diagnostics.Metrics;
using WarmContext.TestSupport;
using WarmContext.Tests.Connections;

namespace WarmContext.Tests.Diagnostics;

/// <summary>Listeners, samplers and exporters that throw whenever this test's flow reaches them.</summary>
public sealed class ThrowingListenersTests : IDisposable
{
    private static readonly AsyncLocal<object?> s_mine = new();

    private readonly ManualTimeProvider _time = new();
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

    public enum Stage
    {
        Sample,
        Started,
        Stopped,
    }

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Leases_are_had_and_given_back_as_often_as_asked_for()
    {
        s_mine.Value = this;
        await using var connections = Connections();
        for (var i = 0; i < 10; i++)
        {
            (await connections.LeaseAsync()).Dispose();
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(2, connections.MaxConnections);
        Assert.InRange(_thrown, 20, int.MaxValue);
    }

    [Theory]
    [InlineData(Stage.Sample)]
    [InlineData(Stage.Started)]
    [InlineData(Stage.Stopped)]
    public async Task A_span_that_cannot_begin_or_end_fails_no_lease_and_no_invocation(Stage stage)
    {
        s_mine.Value = this;
        using var listener = Listen(stage);
        await using var connections = Connections();
        var environment = TestEnvironments.OnLambda(_time);
        environment.Register(connections);
        using var own = new Activity("own").Start();
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(2));
            var info = new InvocationInfo { RequestId = TestEnvironments.NewRequestId(), Deadline = _time.GetUtcNow().AddSeconds(3) };
            await new InvocationRunner(new InvocationOptions { Environment = environment })
                .RunAsync(info, connections, static async (connections, invocation) =>
                {
                    invocation.Background.Track("audit", Task.CompletedTask);
                    (await connections.LeaseAsync()).Dispose();
                    return true;
                });
            Assert.Same(own, Activity.Current);
        }

        Assert.InRange(_thrown, 10, int.MaxValue);
    }

    [Fact]
    public async Task The_log_is_not_filled_with_it()
    {
        s_mine.Value = this;
        using var log = new LogCapture();
        await using var connections = Connections();
        for (var i = 0; i < 500; i++)
        {
            (await connections.LeaseAsync()).Dispose();
        }

        Assert.InRange(_thrown, 499, int.MaxValue);
        Assert.InRange(log.Entries.Count(static entry => entry.EventName == "TelemetryFailed"), 1, 40);
    }

    [Fact]
    public async Task A_resource_whose_name_throws_fails_no_revalidation()
    {
        var environment = TestEnvironments.OnLambda(_time);
        var nameless = new Nameless();
        environment.Register(nameless);

        await environment.RevalidateAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        await environment.ReleaseAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(2, nameless.Calls);
    }

    private WarmConnection<StubConnection> Connections() => new(
        static () => new StubConnection(),
        new WarmConnectionOptions<StubConnection>
        {
            Environment = TestEnvironments.OnLambda(_time), Probe = static _ => Task.CompletedTask, MaxConnections = 2,
        });

    private ActivityListener Listen(Stage stage)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == WarmContextDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            {
                ThrowIf(stage == Stage.Sample);
                return ActivitySamplingResult.AllData;
            },
            ActivityStarted = _ => ThrowIf(stage == Stage.Started),
            ActivityStopped = _ => ThrowIf(stage == Stage.Stopped),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private void ThrowIf(bool condition)
    {
        if (condition)
        {
            Throw();
        }
    }

    private void Throw()
    {
        if (ReferenceEquals(s_mine.Value, this))
        {
            Interlocked.Increment(ref _thrown);
            throw new InvalidOperationException("A listener of the user's.");
        }
    }

    private sealed class Nameless : IWarmResource
    {
        public int Calls { get; private set; }

        public string Name => throw new InvalidOperationException("no name");

        public ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken) => throw Failed();

        public ValueTask ReleaseAsync(CancellationToken cancellationToken) => throw Failed();

        private InvalidOperationException Failed()
        {
            Calls++;
            return new InvalidOperationException("gone");
        }
    }
}
