using WarmContext.Testing;
using WarmContext.Testing.Recordings;
using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Running;

/// <summary>
/// All environments that a run has started, so that one recording can be made of them. Safe to use from several threads at once.
/// </summary>
/// <param name="options">What runs in all of them.</param>
/// <param name="refusesBadHandler">
/// Whether a handler that isn't in its assembly is the user's mistake. To who calls a served function it is the function's failure, as on
/// Lambda.
/// </param>
internal sealed class EnvironmentSet(LocalFunctionOptions options, bool refusesBadHandler)
{
    // What the function host, like Lambda's runtime, calls a handler that it can't find or call.
    private const string BadHandler = "LambdaValidationException";

    private readonly object _gate = new();
    private readonly List<StartedEnvironment> _all = [];
    private int _count;

    public async Task<StartedEnvironment> StartAsync(IRunObserver observer, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _count) - 1;
        observer.Initializing(number);
        var started = new StartedEnvironment(number, await LocalExecutionEnvironment.StartAsync(options, cancellationToken));
        if (refusesBadHandler && started.Lambda.InitError is { Type: BadHandler } error)
        {
            await started.Lambda.DisposeAsync();
            throw new ToolException($"--handler is '{options.Handler}'. {error.Message.Trim()}");
        }

        lock (_gate)
        {
            _all.Add(started);
        }

        started.WriteNewLines(observer);
        observer.Initialized(number, started.Lambda.InitDuration);
        return started;
    }

    /// <summary>What was recorded in all of them; null when none was started.</summary>
    public Recording? Read()
    {
        lock (_gate)
        {
            return _all.Count == 0
                ? null
                : RecordingMerge.Of(
                    [
                        .. _all.OrderBy(static environment => environment.Number)
                            .Select(static environment => (environment.Number, environment.Lambda.ReadRecording()))
                    ],
                    options);
        }
    }
}
