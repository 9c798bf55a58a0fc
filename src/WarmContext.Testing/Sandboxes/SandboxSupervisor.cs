using System.Collections.Concurrent;
using System.Diagnostics;
using WarmContext.Testing.Functions;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// The sandboxes of an environment, one after the other: when one has ended, the next invocation starts another. Safe to use from several
/// threads at once.
/// </summary>
/// <param name="settings">What all of them share.</param>
/// <param name="owner">What an <see cref="ObjectDisposedException"/> is to name.</param>
internal sealed class SandboxSupervisor(SandboxSettings settings, object owner) : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly LocalFunctionOptions _options = settings.Options;
    private readonly FunctionLog _log = settings.Log;
    private readonly SemaphoreSlim _restarting = new(1, 1);
    private readonly ConcurrentQueue<EnvironmentReset> _resets = new();
    private bool _isDisposed;
    private bool _isShutDown;

    /// <summary>The latest sandbox; null before the first.</summary>
    public Sandbox? Current { get; private set; }

    /// <summary>How many there have been.</summary>
    public int Count { get; private set; }

    /// <summary>How long the latest successful Init took.</summary>
    public TimeSpan? InitDuration { get; private set; }

    /// <summary>Those that ended before their time.</summary>
    public IReadOnlyList<EnvironmentReset> Resets => [.. _resets];

    /// <summary>Starts the first.</summary>
    /// <exception cref="FunctionInitException">Init failed, and that is to be thrown.</exception>
    public async Task InitializeAsync()
    {
        var init = await Start(_options.InitTimeout).Initialized.ConfigureAwait(false);
        if (init.Error is null)
        {
            InitDuration = init.Duration;
        }
        else if (_options.InitFailure == InitFailurePolicy.Throw)
        {
            throw new FunctionInitException(_options.Handler, init.Error, _log.Lines(0, _log.Position), settings.Resources.HiddenFiles);
        }
    }

    public async Task<InvocationOutcome> InvokeAsync(LocalInvocation invocation)
    {
        InvocationStart begun = default;
        DateTimeOffset? deadline = null;
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isDisposed || _isShutDown, owner);
            var queued = new QueuedInvocation(invocation, deadline);
            var sandbox = Current!;
            if (sandbox.TryEnqueue(queued) && await queued.Answered.ConfigureAwait(false) is { } answer)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, owner);
                queued.ThrowIfReceiverFailed();
                var init = queued.IsFirst ? (await sandbox.Initialized.ConfigureAwait(false)).Duration : (TimeSpan?)null;
                return deadline is null
                    ? Outcome(invocation, answer, new InvocationStart(queued.Delivered, queued.LogPosition), init, queued.RestoreDuration)
                    : Outcome(invocation, answer, begun, init, queued.RestoreDuration);
            }

            // The process has ended. On Lambda, too, the next invocation pays for a new one, out of its own time.
            var failed = await RestartAsync(sandbox, invocation, () =>
            {
                if (deadline is null)
                {
                    begun = new InvocationStart(Stopwatch.GetTimestamp(), _log.Position);
                    deadline = DateTimeOffset.UtcNow + _options.Timeout;
                }

                return deadline.Value;
            }).ConfigureAwait(false);
            if (failed is not null)
            {
                return Outcome(invocation, failed with { LogPosition = _log.Position }, begun, null, null, isColdStart: true);
            }
        }
    }

    /// <summary>Lambda's Shutdown phase; after it nothing can be invoked.</summary>
    /// <exception cref="InvalidOperationException">The process had ended already.</exception>
    public async Task<ShutdownOutcome> ShutDownAsync()
    {
        if (Current is not { HasExited: false } sandbox)
        {
            throw new InvalidOperationException("The function's process has ended already; there is nothing to shut down.");
        }

        // Lambda shuts nothing down within an Invoke phase, and that lasts as long as somebody holds it after the response.
        await sandbox.WhenReadyAsync().ConfigureAwait(false);
        var begun = Stopwatch.GetTimestamp();
        var position = _log.Position;
        _isShutDown = true;
        var (limit, wasKilled) = await sandbox.ShutDownAsync().ConfigureAwait(false);
        return new ShutdownOutcome
        {
            Limit = limit,
            Duration = Stopwatch.GetElapsedTime(begun),
            WasKilled = wasKilled,
            Log = _log.Lines(position, _log.Position),
        };
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        if (Current is { } sandbox)
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Sandbox Start(TimeSpan initLimit)
    {
        // Under the lock, so that none is started behind the back of a disposal.
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, owner);
            Count++;
            return Current = Sandbox.Start(settings, Count, initLimit, _resets.Enqueue);
        }
    }

    /// <summary>
    /// Starts another process in the place of one that has ended, and waits for its Init. Of several invocations at once, one does it for
    /// all.
    /// </summary>
    /// <param name="ended">The one that has ended.</param>
    /// <param name="invocation">The invocation that needs another.</param>
    /// <param name="deadline">Begins the invocation's time, and says when it ends. Called when the old process is gone.</param>
    /// <returns>Null, or the answer to the invocation when Init failed.</returns>
    private async Task<InvocationAnswer?> RestartAsync(Sandbox ended, LocalInvocation invocation, Func<DateTimeOffset> deadline)
    {
        await _restarting.WaitAsync().ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, owner);
            if (Current != ended)
            {
                return null;
            }

            await ended.EndedAsync().ConfigureAwait(false);
            await ended.DisposeAsync().ConfigureAwait(false);
            var left = deadline() - DateTimeOffset.UtcNow;
            var init = await Start(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1)).Initialized.ConfigureAwait(false);
            if (init.Error is null)
            {
                InitDuration = init.Duration;
                return null;
            }

            // It was the invocation's time that was over.
            var error = init.Error.Kind == FunctionErrorKind.TimedOut ? SandboxErrors.TimedOut("Task", _options.Timeout) : init.Error;
            var payload = init.Payload.IsEmpty ? ErrorDocuments.Write(error, invocation.RequestId) : init.Payload;
            return new InvocationAnswer(payload, error, Stopwatch.GetTimestamp(), 0);
        }
        finally
        {
            _restarting.Release();
        }
    }

    private InvocationOutcome Outcome(
        LocalInvocation invocation,
        InvocationAnswer answer,
        InvocationStart start,
        TimeSpan? init,
        TimeSpan? restore,
        bool isColdStart = false) => new()
    {
        RequestId = invocation.RequestId,
        Payload = answer.Payload,
        Error = answer.Error,
        Duration = Stopwatch.GetElapsedTime(start.Timestamp, answer.Answered),
        IsColdStart = isColdStart || init is not null,
        InitDuration = init,
        RestoreDuration = restore,
        Log = _log.Lines(start.LogPosition, answer.LogPosition),
        Hints = settings.Resources.HiddenFiles,
    };

    private readonly record struct InvocationStart(long Timestamp, long LogPosition);
}
