using System.Diagnostics;
using System.Diagnostics.Metrics;
using WarmContext.TestSupport;

namespace WarmContext.Tests.Running;

public sealed class PrimingTests
{
    private static readonly InvocationInfo s_priming = new() { RequestId = "priming", IsPriming = true };

    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;
    private readonly InvocationRunner _runner;

    public PrimingTests()
    {
        _environment = TestEnvironments.OnLambda(_time);
        _runner = new InvocationRunner(new InvocationOptions { Environment = _environment });
    }

    [Fact]
    public async Task A_priming_run_is_an_invocation_that_says_so_and_its_background_work_is_finished_with_it()
    {
        var finished = false;
        var primed = await _runner.RunAsync(s_priming, 0, (_, invocation) =>
        {
            Assert.Same(invocation, Invocation.Current);
            invocation.Background.Run("audit", async _ =>
            {
                await Task.Yield();
                finished = true;
            });
            return Task.FromResult((invocation.IsPriming, invocation.Number, invocation.IsColdStart, invocation.GapSincePrevious,
                invocation.Deadline, invocation.RemainingTime));
        });

        Assert.Equal((true, 0, false, null, null, TimeSpan.MaxValue), primed);
        Assert.True(finished);
    }

    [Fact]
    public async Task The_first_invocation_after_it_is_still_the_first()
    {
        await _runner.RunAsync(s_priming, 0, static (_, _) => Task.FromResult(0));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _environment.InvocationCount);
        Assert.True(_environment.IsColdStart);

        var first = await RunAsync();

        Assert.Equal((1, true, null), (first.Number, first.IsColdStart, first.GapSincePrevious));
    }

    [Fact]
    public async Task One_that_carries_on_beside_the_first_invocation_is_no_part_of_it()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var priming = _runner.RunAsync(s_priming, 0, async (_, invocation) =>
        {
            await goOn.Task;
            return Invocation.Current == invocation;
        });
        var first = await RunAsync();
        goOn.SetResult();

        Assert.True(await priming);
        Assert.Equal(1, first.Number);
    }

    [Fact]
    public async Task It_neither_answers_after_the_response_nor_asks_the_freeze_guard()
    {
        var runner = new InvocationRunner(new InvocationOptions
        {
            Environment = _environment,
            BackgroundCompletion = BackgroundCompletion.AfterResponse,
            FreezeGuard = new Refusing(),
        });
        var work = new TaskCompletionSource();
        var running = runner.RunAsync(s_priming, 0, (_, invocation) =>
        {
            invocation.Background.Track("work", work.Task);
            return Task.FromResult(0);
        });
        Assert.False(running.IsCompleted);

        work.SetResult();
        await running;
    }

    [Fact]
    public async Task It_appears_in_no_metric_and_no_trace()
    {
        var names = new List<string>();
        using var marker = new Activity("here").Start();
        using var meters =
            new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        meters.SetMeasurementEventCallback<long>((instrument, _, _, _) => Add(instrument.Name));
        meters.SetMeasurementEventCallback<double>((instrument, _, _, _) => Add(instrument.Name));
        using var traces = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == WarmContextDiagnostics.ActivitySourceName,
            Sample = static (ref _) => ActivitySamplingResult.AllData,
        };
        traces.ActivityStarted = activity => Add(activity.OperationName);
        ActivitySource.AddActivityListener(traces);
        meters.Start();

        await _runner.RunAsync(s_priming, 0, static (_, invocation) =>
        {
            invocation.Background.Run("work", static _ => Task.CompletedTask);
            return Task.FromResult(0);
        });
        Assert.Empty(names);

        await RunAsync();
        Assert.Contains("faas.invocations", names);

        // Other tests run beside this one; theirs are not its own flow's.
        void Add(string name)
        {
            if (Activity.Current == marker || Activity.Current?.Parent == marker)
            {
                names.Add(name);
            }
        }
    }

    [Fact]
    public async Task A_warm_up_that_starts_in_an_invocation_is_reported_and_one_in_a_priming_run_is_not()
    {
        using var log = new LogCapture();
        await _runner.RunAsync(s_priming, 0,
            (_, _) => new WarmUp(new WarmUpOptions { Environment = _environment }).Add("quick", static _ => Task.CompletedTask).RunAsync());
        Assert.DoesNotContain(log.Entries, static entry => entry.EventName == "WarmUpTooLate" && entry.RequestId == "priming");

        var id = TestEnvironments.NewRequestId();
        await _runner.RunAsync(new InvocationInfo { RequestId = id }, 0,
            (_, _) => new WarmUp(new WarmUpOptions { Environment = _environment }).Add("quick", static _ => Task.CompletedTask).RunAsync());
        Assert.Contains("static constructor", log.Only("WarmUpTooLate", id).Message, StringComparison.Ordinal);
    }

    private Task<Invocation> RunAsync() => _runner.RunAsync(
        new InvocationInfo { RequestId = TestEnvironments.NewRequestId() }, 0, static (_, invocation) => Task.FromResult(invocation));

    private sealed class Refusing : IFreezeGuard
    {
        public void Begun(Invocation invocation) => Assert.Fail("A priming run is nothing to a guard.");

        public void Ended(Invocation invocation) => Assert.Fail("A priming run is nothing to a guard.");

        public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work) => ValueTask.FromResult(true);
    }
}
