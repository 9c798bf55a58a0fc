using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

/// <summary>An invocation with background work, on a manual clock.</summary>
public abstract class BackgroundWork
{
    private protected ManualTimeProvider Time { get; } = new();

    private protected string Request { get; } = TestEnvironments.NewRequestId();

    private protected InvocationOptions Options { get; }

    private protected List<BackgroundReport> Reports { get; } = [];

    protected BackgroundWork() =>
        Options = new InvocationOptions { Environment = TestEnvironments.OnLambda(Time), OnBackgroundReport = Reports.Add };

    private protected Task<string> Run(Action<BackgroundTasks> handler, TimeSpan? deadline = null, string? requestId = null)
    {
        var info = new InvocationInfo { RequestId = requestId ?? Request, Deadline = Time.GetUtcNow() + deadline };
        return new InvocationRunner(Options).RunAsync(info, handler, static (handler, invocation) =>
        {
            handler(invocation.Background);
            return Task.FromResult("done");
        });
    }
}
