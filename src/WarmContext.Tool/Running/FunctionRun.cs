using WarmContext.Testing;

namespace WarmContext.Tool.Running;

/// <summary>Plays a plan: invokes a function event by event, in one environment or several side by side.</summary>
internal sealed class FunctionRun(LocalFunctionOptions options, RunPlan plan, IRunObserver observer)
{
    private readonly object _gate = new();
    private readonly List<InvocationResult> _results = [];
    private readonly EnvironmentSet _environments = new(options, refusesBadHandler: true);
    private int _begun;

    /// <summary>Runs it to its end, or until it is cancelled; either way everything that was started has ended.</summary>
    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        // On Managed Instances one environment takes them all.
        var isShared = options.InitializationType == InitializationType.ManagedInstances;
        var workers = Math.Min(plan.Concurrency, plan.Count);
        var slots = Enumerable.Range(0, isShared ? 1 : workers).Select(_ => new Slot(options, _environments, observer)).ToList();
        var wasInterrupted = false;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => WorkAsync(slots[worker % slots.Count], cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            wasInterrupted = true;
        }
        finally
        {
            await Task.WhenAll(slots.Select(static slot => slot.DisposeAsync().AsTask()));
        }

        var recording = _environments.Read() ?? throw new OperationCanceledException(cancellationToken);
        return new RunResult([.. _results.OrderBy(static result => result.Number)], recording, wasInterrupted);
    }

    private async Task WorkAsync(Slot slot, CancellationToken cancellationToken)
    {
        var isFirst = true;
        while (Interlocked.Increment(ref _begun) is var number && number <= plan.Count)
        {
            if (!isFirst && plan.Pause is { } pause)
            {
                await Task.Delay(pause, cancellationToken);
            }

            await InvokeAsync(slot, number, isFirst, cancellationToken);
            isFirst = false;
        }
    }

    private async Task InvokeAsync(Slot slot, int number, bool isFirst, CancellationToken cancellationToken)
    {
        var fault = plan.Faults.FirstOrDefault(fault => fault.Invocation == number)?.Kind;
        var environment = await slot.GetAsync(cancellationToken);

        // Not where a process has ended: the next one starts without a past.
        if (!isFirst && plan.FreezeFor is { } length && fault is null && environment.Lambda.IsFrozen)
        {
            await environment.Lambda.FreezeFor(length, cancellationToken);
        }

        await FaultInjector.BeforeAsync(fault, slot, cancellationToken);
        environment = await slot.GetAsync(cancellationToken);
        var functionEvent = plan.Events[(number - 1) % plan.Events.Count];
        var outcome = await InvokeAsync(environment, functionEvent, fault, number, cancellationToken);
        var result = new InvocationResult(number, functionEvent.Name, environment.Number, outcome, fault);
        lock (_gate)
        {
            _results.Add(result);
        }

        environment.WriteNewLines(observer);
        observer.Answered(result);
        await FinishAsync(environment, cancellationToken);
    }

    private async Task<InvocationOutcome> InvokeAsync(
        StartedEnvironment environment, FunctionEvent functionEvent, FaultKind? fault, int number, CancellationToken cancellationToken)
    {
        var invocation = new LocalInvocation { Payload = functionEvent.Payload };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        observer.Invoking(environment.Number, number);
        var going = environment.Lambda.InvokeAsync(invocation, cancellationToken);
        var wrong = FaultInjector.DuringAsync(fault, environment.Lambda, invocation.RequestId, ended.Token);
        InvocationOutcome? outcome = null;
        try
        {
            return outcome = await going;
        }
        finally
        {
            await ended.CancelAsync();
            var wasSent = await wrong;

            // A signal may also reach a process that has just answered.
            if (outcome is not null && (!wasSent || (outcome.IsSuccess && FaultInjector.FailsInvocation(fault))))
            {
                observer.Say($"the fault at invocation {number} came too late: the function had answered before it");
            }
        }
    }

    private async Task FinishAsync(StartedEnvironment environment, CancellationToken cancellationToken)
    {
        if (!options.FreezesBetweenInvocations || options.InitializationType == InitializationType.ManagedInstances)
        {
            return;
        }

        try
        {
            await environment.Lambda.WaitUntilFrozenAsync(cancellationToken);
            observer.Frozen(environment.Number);
        }
        catch (InvalidOperationException)
        {
            // Its process has ended; the next invocation starts another.
        }

        environment.WriteNewLines(observer);
    }
}
