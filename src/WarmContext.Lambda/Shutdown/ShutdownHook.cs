using System.Runtime.InteropServices;
using WarmContext.Lambda.AfterResponse;
using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda;

/// <summary>
/// Runs work when Lambda shuts the environment down: closes connections, flushes buffers. Opt-in, because it registers an internal
/// extension. Without an extension, Lambda kills the process at shutdown without a signal. Register it in the handler class's static
/// constructor, and keep it in a static field.
/// </summary>
/// <remarks>
/// With an internal extension the process gets SIGTERM and 500 ms
/// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, read 2026-11-20). In that time the hook waits for running
/// invocations, flushes metrics and runs the work, all at once. Lambda guarantees no shutdown: a crash or a timeout skips it, so don't rely
/// on it.
/// </remarks>
public sealed class ShutdownHook : IDisposable
{
    private readonly object _gate = new();
    private readonly ShutdownHookOptions _options;
    private readonly List<(string Name, Func<CancellationToken, Task> Work)> _work = [];
    private readonly PosixSignalRegistration _registration;
    private readonly ManualResetEventSlim _done = new();
    private bool _hasBegun;

    private ShutdownHook(ShutdownHookOptions options)
    {
        _options = options;

        // Rooted by this object; finished blocking, because the process ends when the callback returns.
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Run());
        if (options.Environment.RuntimeApi is not null)
        {
            InternalExtension.ForShutdown(options.Environment);
        }
    }

    /// <summary>Registers the hook.</summary>
    /// <param name="options">The budget; null means all defaults.</param>
    /// <returns>The hook, to add work to. Dispose it to unregister it.</returns>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public static ShutdownHook Register(ShutdownHookOptions? options = null) => new((options ?? new ShutdownHookOptions()).Validated());

    /// <summary>Adds work to do at shutdown. All work runs at the same time.</summary>
    /// <param name="name">The name in logs.</param>
    /// <param name="work">The work. Its token is cancelled when the budget is over; its exceptions are logged.</param>
    /// <returns>This hook.</returns>
    /// <exception cref="ArgumentException">An argument is null or blank.</exception>
    public ShutdownHook Add(string name, Func<CancellationToken, Task> work)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            _work.Add((name, work));
        }

        return this;
    }

    /// <summary>Unregisters the hook.</summary>
    public void Dispose() => _registration.Dispose();

    /// <summary>
    /// Runs the work once, within the budget. Blocks, also when called again meanwhile: the process ends when any handler of the signal
    /// returns. Never throws.
    /// </summary>
    internal void Run()
    {
        (string Name, Func<CancellationToken, Task> Work)[] work;
        lock (_gate)
        {
            if (_hasBegun)
            {
                work = [];
            }
            else
            {
                _hasBegun = true;
                work = [("environment", _ => ShutDownEnvironmentAsync()), .. _work];
            }
        }

        if (work.Length == 0)
        {
            _done.Wait(_options.Budget);
            return;
        }

        RunAll(work);
        _done.Set();
    }

    private void RunAll((string Name, Func<CancellationToken, Task> Work)[] work)
    {
        var budget = new CancellationTokenSource(_options.Budget);
        var running = Array.ConvertAll(work, item => (item.Name, Task: Start(() => IsDoneAsync(item.Name, item.Work, budget.Token))));
        Task.WaitAll(Array.ConvertAll(running, static item => item.Task), _options.Budget);
        var unfinished = running.Where(static item => !item.Task.IsCompleted || !item.Task.Result)
            .Select(static item => item.Name).ToArray();
        if (unfinished.Length > 0)
        {
            // The wait may have been over a moment before the source's own timer.
            _ = budget.CancelAsync();
            LambdaLog.ShutdownUnfinished(string.Join(", ", unfinished), _options.Budget);
        }
    }

    // Invocations get most of the time. The rest is for closing connections and flushing metrics, also when an invocation takes too long.
    private Task ShutDownEnvironmentAsync()
    {
        var waiting = new CancellationTokenSource();
        var shutDown = _options.Environment.ShutDownAsync(waiting.Token);

        // This thread keeps the time: a timer needs a thread of the pool, and a handler that takes too long may have left none.
        if (Task.WaitAny([shutDown], _options.Budget * 0.75) < 0)
        {
            waiting.Cancel();
        }

        return shutDown;
    }

    // On threads of their own: a pool whose threads are all blocked would start none of it within half a second.
    private static Task<bool> Start(Func<Task<bool>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>Never fails: false for work that gave up when its time was over.</summary>
    private static async Task<bool> IsDoneAsync(string name, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception)
        {
            LambdaLog.ShutdownWorkFailed(name, exception);
            return true;
        }
    }
}
