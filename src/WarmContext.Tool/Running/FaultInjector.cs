using WarmContext.Testing;
using WarmContext.Testing.Processes;

namespace WarmContext.Tool.Running;

/// <summary>Makes things go wrong: before an invocation, and while it runs.</summary>
internal static class FaultInjector
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether it is to hit the invocation while it runs, which then can't succeed.</summary>
    public static bool FailsInvocation(FaultKind? fault) => fault is FaultKind.Kill or FaultKind.Timeout or FaultKind.InitCrash;

    /// <summary>What happens before the invocation.</summary>
    public static async Task BeforeAsync(FaultKind? fault, Slot slot, CancellationToken cancellationToken)
    {
        if (fault == FaultKind.Replace)
        {
            await slot.EndAsync();
        }
        else if (fault is FaultKind.Reset or FaultKind.InitCrash
            && (await slot.GetAsync(cancellationToken)).Lambda is { ProcessId: { } process } lambda)
        {
            Signals.KillGroup(process);
            await UntilAsync(() => lambda.ProcessId != process, cancellationToken);
        }
    }

    /// <summary>What happens while the invocation runs. Ends with the invocation at the latest.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="lambda">The environment.</param>
    /// <param name="requestId">The invocation.</param>
    /// <param name="invocationEnded">Cancelled when the invocation has its answer.</param>
    /// <returns>False when the invocation was over before anything could go wrong.</returns>
    public static async Task<bool> DuringAsync(
        FaultKind? fault, LocalExecutionEnvironment lambda, string requestId, CancellationToken invocationEnded)
    {
        try
        {
            switch (fault)
            {
                case FaultKind.InitCrash:
                    await UntilAsync(() => lambda.ProcessId is not null, invocationEnded);
                    SendTo(lambda, Signals.KillGroup);
                    return true;
                case FaultKind.Kill or FaultKind.Timeout:
                    // Not before the event is delivered: a process that is killed earlier is replaced, and the invocation succeeds.
                    await UntilAsync(
                        () => lambda.ReadRecording().Invocations is [.., var last] && last.RequestId == requestId, invocationEnded);
                    SendTo(lambda, fault == FaultKind.Kill ? Signals.KillGroup : Signals.StopGroup);
                    return true;
                default:
                    return true;
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static void SendTo(LocalExecutionEnvironment lambda, Action<int> signal)
    {
        // One that has ended meanwhile is what was wanted.
        if (lambda.ProcessId is { } group)
        {
            signal(group);
        }
    }

    private static async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        while (!holds())
        {
            await Task.Delay(s_look, cancellationToken);
        }
    }
}
