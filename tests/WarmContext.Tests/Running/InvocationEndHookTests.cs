using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using WarmContext.TestSupport;

namespace WarmContext.Tests.Running;

/// <summary>InvocationOptions.OnEnded: after the invocation's own span and figures, and before the freeze.</summary>
public sealed class InvocationEndHookTests
{
    private readonly string _request = TestEnvironments.NewRequestId();

    [Theory]
    [InlineData(BackgroundCompletion.BeforeReturn)]
    [InlineData(BackgroundCompletion.AfterResponse)]
    public async Task A_flush_in_it_exports_the_invocations_own_span_before_the_freeze(BackgroundCompletion completion)
    {
        var exporter = new Exporter();
        using var processor = new BatchActivityExportProcessor(exporter, scheduledDelayMilliseconds: int.MaxValue);
        using var provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(WarmContextDiagnostics.ActivitySourceName).AddProcessor(processor).Build();
        var guard = new Guard(() => exporter.Spans.Count(IsOwn));
        var work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Run(
            new InvocationOptions
            {
                Environment = TestEnvironments.OnLambda(new ManualTimeProvider()),
                BackgroundCompletion = completion,
                FreezeGuard = guard,
                OnEnded = _ =>
                {
                    provider.ForceFlush();
                    return Task.CompletedTask;
                },
            },
            work.Task);

        if (completion == BackgroundCompletion.AfterResponse)
        {
            await running;
            work.SetResult();
            Assert.Equal(1, await guard.SpansAtEnd.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        }
        else
        {
            Assert.False(running.IsCompleted);
            work.SetResult();
            await running;
        }

        var span = Assert.Single(exporter.Spans, IsOwn);
        Assert.Equal("5759e988bd862e3fe1be46a994272793", span.TraceId.ToString());
        Assert.Equal("53995c3f42cd8ad8", span.ParentSpanId.ToString());
    }

    [Fact]
    public async Task What_it_throws_is_logged_and_fails_nothing_and_a_priming_run_has_none()
    {
        using var log = new LogCapture();
        var seen = new List<string>();
        var runner = new InvocationRunner(new InvocationOptions
        {
            Environment = TestEnvironments.OnLambda(new ManualTimeProvider()),
            OnEnded = info =>
            {
                seen.Add(info.RequestId);
                throw new IOException("no collector");
            },
        });

        Assert.Equal(1, await runner.RunAsync(
            new InvocationInfo { RequestId = "priming", IsPriming = true }, 1, static (one, _) => Task.FromResult(one)));
        Assert.Equal(2, await runner.RunAsync(new InvocationInfo { RequestId = _request }, 2, static (two, _) => Task.FromResult(two)));

        Assert.Equal([_request], seen);
        Assert.IsType<IOException>(log.Only("EndCallbackFailed", _request).Exception);
    }

    private bool IsOwn(Activity span) => (string?)span.GetTagItem("faas.invocation_id") == _request;

    private async Task Run(InvocationOptions options, Task work)
    {
        Activity.Current = null;
        await new InvocationRunner(options).RunAsync(
            new InvocationInfo
            {
                RequestId = _request,
                TraceParent = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            },
            work,
            static (work, invocation) =>
            {
                invocation.Background.Run("work", _ => work);
                return Task.FromResult(true);
            });
    }

    private sealed class Exporter : BaseExporter<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = new();

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch)
            {
                Spans.Enqueue(span);
            }

            return ExportResult.Success;
        }
    }

    /// <summary>Holds the environment, and notes how many spans were exported when it may be frozen.</summary>
    private sealed class Guard(Func<int> spans) : IFreezeGuard
    {
        public TaskCompletionSource<int> SpansAtEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Begun(Invocation invocation)
        {
        }

        public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work) => ValueTask.FromResult(true);

        public void Ended(Invocation invocation) => SpansAtEnd.TrySetResult(spans());
    }
}
