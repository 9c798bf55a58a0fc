using System.Diagnostics;
using WarmContext.Testing.Recordings;

namespace WarmContext.Testing;

/// <summary>
/// Several execution environments of one function, side by side, as Lambda has them for concurrent requests. An invocation takes the free
/// environment that was used last. Where none is free, another is started, and the request waits for its Init.
/// </summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public sealed class LocalFleet : IAsyncDisposable
{
    // An environment that has just answered is about to ask for its next event; only when it stays busy after its response another is
    // needed.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    private readonly object _gate = new();
    private readonly LocalFleetOptions _options;
    private readonly List<LocalExecutionEnvironment> _all = [];
    private readonly Stack<LocalExecutionEnvironment> _free = new();
    private TaskCompletionSource _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _starting;
    private int _settling;
    private bool _isDisposed;

    private LocalFleet(LocalFleetOptions options) => _options = options;

    /// <summary>The environments that have been started, in that order.</summary>
    public IReadOnlyList<LocalExecutionEnvironment> Environments
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Starts a fleet, with its provisioned environments initialized.</summary>
    /// <param name="options">What to run, and how many.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    /// <exception cref="FunctionInitException">Init of a provisioned environment failed.</exception>
    public static async Task<LocalFleet> StartAsync(LocalFleetOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var fleet = new LocalFleet(options.Validated()) { _starting = options.ProvisionedEnvironments };
        try
        {
            var provisioned = Enumerable.Range(0, options.ProvisionedEnvironments)
                .Select(_ => fleet.StartAnotherAsync(isProvisioned: true, cancellationToken));
            foreach (var environment in await Task.WhenAll(provisioned).ConfigureAwait(false))
            {
                fleet._free.Push(environment);
            }

            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Invokes the function.</summary>
    /// <param name="payload">The event, as JSON; empty stands for <c>{}</c>.</param>
    /// <param name="cancellationToken">Stops waiting. As on Lambda, the function isn't told and runs on.</param>
    /// <returns>
    /// The outcome, as soon as the function has answered. Where another environment had to be started, its Init is in
    /// <see cref="InvocationOutcome.InitDuration"/>.
    /// </returns>
    /// <exception cref="FunctionThrottledException">All environments are busy, and there may be no more.</exception>
    /// <exception cref="FunctionInitException">
    /// Another environment was needed, and its Init failed, under <see cref="InitFailurePolicy.Throw"/>.
    /// </exception>
    public Task<InvocationOutcome> InvokeAsync(string payload = "{}", CancellationToken cancellationToken = default) =>
        InvokeAsync(LocalInvocation.Of(payload), cancellationToken);

    /// <summary>Invokes the function.</summary>
    /// <param name="invocation">The event, and what goes with it.</param>
    /// <param name="cancellationToken">Stops waiting. As on Lambda, the function isn't told and runs on.</param>
    /// <inheritdoc cref="InvokeAsync(string, CancellationToken)"/>
    public async Task<InvocationOutcome> InvokeAsync(LocalInvocation invocation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var environment = await TakeAsync(cancellationToken).ConfigureAwait(false);
        var invoking = InvokeAndReturnAsync(environment, invocation);
        return await invoking.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What has happened so far in all environments, on one time line.</summary>
    public Recording ReadRecording() => RecordingMerge.Of(
        [.. Environments.Select(static (environment, number) => (number, environment.ReadRecording()))],
        _options.Function);

    /// <summary>Kills all environments and deletes their files.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        foreach (var environment in Environments)
        {
            await environment.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<InvocationOutcome> InvokeAndReturnAsync(LocalExecutionEnvironment environment, LocalInvocation invocation)
    {
        try
        {
            return await environment.InvokeAsync(invocation).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _settling++;
            }

            _ = ReturnAsync(environment);
        }
    }

    /// <summary>Free for the next invocation when the function has asked for it, or its process has ended.</summary>
    private async Task ReturnAsync(LocalExecutionEnvironment environment)
    {
        await environment.WhenReadyAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _settling--;
            _free.Push(environment);
            _freed.TrySetResult();
            _freed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task<LocalExecutionEnvironment> TakeAsync(CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            Task freed;
            TimeSpan left;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_free.TryPop(out var free))
                {
                    return free;
                }

                var isAtLimit = _all.Count + _starting >= _options.MaxEnvironments;
                left = (isAtLimit ? _options.PatienceAtLimit : s_patience) - Stopwatch.GetElapsedTime(begun);
                if (_settling == 0 || left <= TimeSpan.Zero)
                {
                    if (isAtLimit)
                    {
                        throw new FunctionThrottledException(_options.Function.FunctionName, _options.MaxEnvironments);
                    }

                    _starting++;
                    break;
                }

                freed = _freed.Task;
            }

            await Task.WhenAny(freed, Task.Delay(left, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await StartAnotherAsync(isProvisioned: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts one that is counted as starting.</summary>
    private async Task<LocalExecutionEnvironment> StartAnotherAsync(bool isProvisioned, CancellationToken cancellationToken)
    {
        var options = _options.Function.Copy();
        if (isProvisioned)
        {
            options.InitializationType = InitializationType.ProvisionedConcurrency;
        }

        LocalExecutionEnvironment environment;
        try
        {
            environment = await LocalExecutionEnvironment.StartAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
            {
                _starting--;
            }

            throw;
        }

        // In one step, so that nobody finds it counted twice.
        lock (_gate)
        {
            _starting--;
            if (!_isDisposed)
            {
                _all.Add(environment);
                return environment;
            }
        }

        await environment.DisposeAsync().ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(LocalFleet));
    }
}
