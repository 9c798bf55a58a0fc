using WarmContext.TestSupport;

namespace WarmContext.Tests.Running;

/// <summary>Code of others at an invocation's end, which blocks for as long as it likes.</summary>
public sealed class InvocationEndingTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _request = TestEnvironments.NewRequestId();
    private readonly ExecutionEnvironment _environment;

    public InvocationEndingTests() => _environment = TestEnvironments.OnLambda(_time);

    public void Dispose() => _gate.Set();

    [Fact]
    public async Task A_replaced_value_whose_disposal_blocks_outlasts_no_deadline()
    {
        var holder = new Warm<Blocking>(
            () => new Blocking(this), new WarmOptions<Blocking> { Environment = _environment });

        await AssertEndsInTimeAsync(
            invocation =>
            {
                _ = holder.Value;
                holder.Invalidate();
            },
            "the disposal of a replaced value");
    }

    [Fact]
    public Task What_is_disposed_at_the_end_outlasts_no_deadline() => AssertEndsInTimeAsync(
        invocation => invocation.DisposeAtEnd(new Blocking(this)), "the disposal of a Blocking");

    [Fact]
    public Task A_callback_for_the_report_that_blocks_outlasts_no_deadline() => AssertEndsInTimeAsync(
        static invocation => invocation.Background.Track("audit", Task.CompletedTask),
        "InvocationOptions.OnBackgroundReport",
        _ => Block());

    [Fact]
    public async Task Metrics_written_to_a_stream_that_blocks_outlast_no_deadline()
    {
        var output = new BlockingStream(this);
        var metrics = EmbeddedMetrics.Start(new EmbeddedMetricsOptions { Environment = _environment, Output = output });

        await AssertEndsInTimeAsync(static _ => { }, "a listener of spans or metrics");
        metrics.Dispose();
    }

    [Fact]
    public async Task A_lease_that_ends_last_waits_for_no_disposal_inside_the_handler()
    {
        var holder = new Warm<Blocking>(
            () => new Blocking(this), new WarmOptions<Blocking> { Environment = _environment });
        var lease = await holder.LeaseAsync();
        holder.Invalidate();

        await AssertEndsInTimeAsync(_ => lease.Dispose(), "the disposal of a replaced value");
    }

    [Fact]
    public async Task What_ends_in_time_is_waited_for()
    {
        var disposed = false;
        await RunAsync(invocation => invocation.DisposeAtEnd(new Disposable(async () =>
        {
            await Task.Yield();
            disposed = true;
        })));

        Assert.True(disposed);
    }

    [Fact]
    public async Task What_throws_fails_neither_the_invocation_nor_what_comes_after_it()
    {
        using var log = new LogCapture();
        var disposed = 0;
        await RunAsync(
            invocation =>
            {
                invocation.DisposeAtEnd(new Disposable(() =>
                {
                    disposed++;
                    return ValueTask.CompletedTask;
                }));
                invocation.DisposeAtEnd(new Disposable(static () => throw new IOException("gone")));
                invocation.Background.Track("audit", Task.CompletedTask);
            },
            static _ => throw new IOException("report"));

        Assert.Equal(1, disposed);
        log.Only("InvocationDisposalFailed", _request);
        log.Only("ReportCallbackFailed", _request);
    }

    private async Task AssertEndsInTimeAsync(Action<Invocation> handler, string step, Action<BackgroundReport>? report = null)
    {
        using var log = new LogCapture();
        var running = RunAsync(handler, report);
        await _entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        while (_time.ArmedTimers == 0)
        {
            await Task.Yield();
        }

        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.75));
        await running.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains(step, log.Only("EndingUnfinished", _request).Message, StringComparison.Ordinal);
        _gate.Set();
    }

    private async Task RunAsync(Action<Invocation> handler, Action<BackgroundReport>? report = null)
    {
        var info = new InvocationInfo { RequestId = _request, Deadline = _time.GetUtcNow() + TimeSpan.FromSeconds(1) };
        var options = new InvocationOptions { Environment = _environment, OnBackgroundReport = report };
        await new InvocationRunner(options).RunAsync(info, handler, static (handler, invocation) =>
        {
            handler(invocation);
            return Task.FromResult(true);
        });
    }

    private void Block()
    {
        _entered.TrySetResult();
        _gate.Wait(TimeSpan.FromSeconds(60));
    }

    private sealed class Blocking(InvocationEndingTests test) : IDisposable, IAsyncDisposable
    {
        public void Dispose() => test.Block();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Disposable(Func<ValueTask> dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => dispose();
    }

    private sealed class BlockingStream(InvocationEndingTests test) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => test.Block();
    }
}
