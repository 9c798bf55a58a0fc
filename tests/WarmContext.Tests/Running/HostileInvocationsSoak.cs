using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using WarmContext.TestSupport;
using WarmContext.Tests.Connections;
using Xunit.Abstractions;

namespace WarmContext.Tests.Running;

/// <summary>
/// Many invocations at once with all that others can do wrong: tasks, callbacks, disposals and reports that block or throw, and listeners
/// that throw. A few seconds by default; ten minutes, or WARMCONTEXT_SOAK_SECONDS, with WARMCONTEXT_SOAK=1. WARMCONTEXT_SOAK_SEED repeats a
/// run.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class HostileInvocationsSoak(ITestOutputHelper output) : IDisposable
{
    private const int Lanes = 4;

    // The margin is for a machine that is busy with others too.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(1.5);

    private static readonly AsyncLocal<Random?> s_hostile = new();

    private readonly ExecutionEnvironment _environment = TestEnvironments.OnLambda();
    private readonly LogCapture _log = new();
    private readonly List<string> _broken = [];
    private int _done;
    private int _blocked;
    private int _thrown;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Every_invocation_answers_in_time_with_its_own_result_and_names_what_it_left_behind()
    {
        var wanted = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK_SEED");
        var seed = int.TryParse(wanted, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        var length = Length();
        using var meters = ListenToMeters();
        using var spans = ListenToSpans();
        await using var connections = new WarmConnection<StubConnection>(
            static () => new StubConnection(),
            new WarmConnectionOptions<StubConnection>
            {
                Environment = _environment, Probe = static _ => Task.CompletedTask, MaxConnections = Lanes,
            });
        var watch = Stopwatch.StartNew();
        var lanes = Enumerable.Range(0, Lanes).Select(lane => Task.Factory.StartNew(
            () =>
            {
                // A thread of its own, as the runtime's loop would be the last to be held up by the pool.
                var random = new Random(seed + lane);
                while (watch.Elapsed < length)
                {
                    RunOne(random, connections);
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(lanes);

        var leases = Enumerable.Range(0, Lanes).Select(_ => connections.LeaseAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.All(await Task.WhenAll(leases), static lease => lease.Dispose());
        output.WriteLine(
            $"Seed {seed}, {watch.Elapsed.TotalSeconds:0} s: {_done} invocations, {_blocked} blocked tasks and callbacks, {_thrown} "
                + $"exceptions of listeners, {_broken.Count} broken promises.");
        Assert.True(_broken.Count == 0, $"Seed {seed}: {_broken.Count} of {_done}:\n{string.Join('\n', _broken.Take(10))}");
        Assert.NotEqual(0, _blocked);
        Assert.NotEqual(0, _thrown);
    }

    private static TimeSpan Length() => Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK") != "1" ? TimeSpan.FromSeconds(8)
        : int.TryParse(Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK_SECONDS"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(10);

    private void RunOne(Random random, WarmConnection<StubConnection> connections)
    {
        s_hostile.Value = random.Next(3) == 0 ? new Random(random.Next()) : null;
        var plan = new Plan(random);
        var request = TestEnvironments.NewRequestId();
        var watch = Stopwatch.StartNew();
        string? answer = null;
        using var gate = new Gate();
        try
        {
            var runner = new InvocationRunner(new InvocationOptions
            {
                Environment = _environment, DeadlineMargin = s_margin, OnBackgroundReport = _ => plan.Report.Do(gate),
            });
            var info = new InvocationInfo { RequestId = request, Deadline = DateTimeOffset.UtcNow + s_timeout };
            answer = runner.RunAsync(info, (plan, gate, connections, request), static (state, invocation) =>
                state.plan.HandleAsync(invocation, state.gate, state.connections, state.request)).GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            Break($"{request} failed: {exception}");
        }

        var elapsed = watch.Elapsed;
        gate.Open();
        Interlocked.Increment(ref _done);
        Interlocked.Add(ref _blocked, plan.Tasks + (plan.BlocksCallback ? 1 : 0));
        var entries = _log.Entries;
        var named = entries.Count(entry => entry.RequestId == request && entry.EventName == "BackgroundTaskAbandoned");
        if (elapsed > s_timeout || (answer is not null && answer != request) || named != plan.Tasks)
        {
            Break($"{request}: {elapsed}, answer {answer}, {named} of {plan.Tasks} tasks named. {plan}");
        }
    }

    private void Break(string what)
    {
        lock (_broken)
        {
            _broken.Add(what);
        }
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
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => MayThrow());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => MayThrow());
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
                MayThrow();
                return ActivitySamplingResult.AllData;
            },
            ActivityStarted = _ => MayThrow(),
            ActivityStopped = _ => MayThrow(),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private void MayThrow()
    {
        if (s_hostile.Value is { } random && random.Next(2) == 0)
        {
            Interlocked.Increment(ref _thrown);
            throw new InvalidOperationException("A listener of the user's.");
        }
    }
}
