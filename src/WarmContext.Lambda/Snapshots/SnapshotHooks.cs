using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda.Snapshots;

/// <summary>
/// The hooks of one environment. The runtime knows them as one hook, so that those which are added after that one was registered still run.
/// </summary>
internal sealed class SnapshotHooks(ExecutionEnvironment environment)
{
    private static readonly TimeSpan s_revalidationBudget = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_releaseBudget = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly List<(string Name, Func<Task> Hook)> _before = [];
    private readonly List<(string Name, Func<Task> Hook)> _after = [];
    private bool _isSnapshotTaken;
    private bool _isRestored;
    private ClockReading _snapshot;

    public bool AddBeforeSnapshot(string name, Func<Task> hook) => Add(_before, name, hook, static hooks => hooks._isSnapshotTaken);

    public bool AddAfterRestore(string name, Func<Task> hook) => Add(_after, name, hook, static hooks => hooks._isRestored);

    public async ValueTask RunBeforeSnapshotAsync()
    {
        await environment.WhenWarmAsync().ConfigureAwait(false);
        (string, Func<Task>)[] hooks;
        lock (_gate)
        {
            _isSnapshotTaken = true;
            hooks = [.. _before];
        }

        Array.Reverse(hooks);
        try
        {
            await RunAsync(hooks).ConfigureAwait(false);
        }
        finally
        {
            // Last, because hooks that prime use connections.
            await environment.ReleaseAsync(s_releaseBudget).ConfigureAwait(false);
        }

        _snapshot = environment.Clock.Read();
    }

    public async ValueTask RunAfterRestoreAsync()
    {
        await environment.RevalidateAsync(environment.Clock.ElapsedSince(_snapshot), s_revalidationBudget).ConfigureAwait(false);
        (string, Func<Task>)[] hooks;
        lock (_gate)
        {
            _isRestored = true;
            hooks = [.. _after];
        }

        await RunAsync(hooks).ConfigureAwait(false);
    }

    private static async Task RunAsync((string Name, Func<Task> Hook)[] hooks)
    {
        List<Exception>? failures = null;
        foreach (var (name, hook) in hooks)
        {
            try
            {
                await hook().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(new InvalidOperationException($"Snapshot hook '{name}' failed: {exception.Message}", exception));
            }
        }

        if (failures is not null)
        {
            throw failures.Count == 1 ? failures[0] : new AggregateException(failures);
        }
    }

    // True also before a handler has begun one, as in a static field's initializer: the runtime sets the trace id for each invocation, and
    // not in Init.
    private bool HasInvocationBegun => environment.InvocationCount > 0
        || (environment == ExecutionEnvironment.Current
            && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID")));

    private bool Add(List<(string Name, Func<Task> Hook)> hooks, string name, Func<Task> hook, Func<SnapshotHooks, bool> hasRun)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(hook);
        lock (_gate)
        {
            // The first invocation comes after the restore, also where the runtime never saw the hooks.
            var isTooLate = hasRun(this) || (environment.InitializationType == InitializationType.SnapStart && HasInvocationBegun);
            if (!isTooLate)
            {
                hooks.Add((name, hook));
                return true;
            }
        }

        LambdaLog.SnapshotHookTooLate(name);
        return false;
    }
}
