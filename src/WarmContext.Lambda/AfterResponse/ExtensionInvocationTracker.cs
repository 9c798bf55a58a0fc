namespace WarmContext.Lambda.AfterResponse;

/// <summary>
/// Tracks invocations from both sides, the handler in the runtime and the event that the extension gets, whichever comes first.
/// </summary>
/// <remarks>
/// Implementation note: the extension keeps the environment awake from the event of an invocation until it asks for its next event. A
/// handler may answer early only if the extension has got its invocation's event and still waits for it; everything else here follows from
/// that.
/// </remarks>
internal sealed class ExtensionInvocationTracker
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private TaskCompletionSource? _idle;
    private volatile bool _hasBegun;

    /// <summary>True once a handler has begun.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>The handler's side: its invocation begins.</summary>
    public void Begin(string requestId)
    {
        _hasBegun = true;
        lock (_gate)
        {
            // Lambda sends the next event only when the extension is done with the last one: the event of an invocation that ended before
            // it came never comes.
            foreach (var (id, entry) in _entries)
            {
                if (entry.Ended.Task.IsCompleted && !entry.EventReceived.Task.IsCompleted)
                {
                    _entries.Remove(id);
                }
            }

            Get(requestId).Begun.TrySetResult();
        }
    }

    /// <summary>The handler's side: its invocation is over, background work included.</summary>
    public void End(string requestId)
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            if (_entries.TryGetValue(requestId, out var entry))
            {
                entry.Ended.TrySetResult();
                if (!IsAnyRunning())
                {
                    idle = _idle;
                    _idle = null;
                }
            }
        }

        idle?.TrySetResult();
    }

    /// <summary>
    /// The handler's side: true once the extension has got the invocation's event and waits for its end; false when the work ends first.
    /// </summary>
    public async ValueTask<bool> WaitUntilHeldAsync(string requestId, Task work)
    {
        Entry? entry;
        lock (_gate)
        {
            _entries.TryGetValue(requestId, out entry);
        }

        if (entry is null)
        {
            return false;
        }

        await Task.WhenAny(entry.EventReceived.Task, work).ConfigureAwait(false);
        return entry.EventReceived.Task.IsCompleted && !work.IsCompleted;
    }

    /// <summary>The extension's side: it has got an invocation's event. The task ends when the next event may be asked for.</summary>
    /// <param name="requestId">The invocation.</param>
    /// <param name="startTimeout">
    /// How long a handler may take to begin. After that it counts as never begun (its input didn't parse, for example).
    /// </param>
    /// <param name="over">Ends when the handler is over, also one that never begins.</param>
    /// <param name="untilDeadline">How long until the invocation times out.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForEndAsync(
        string requestId, TimeSpan startTimeout, Task over, TimeSpan untilDeadline, TimeProvider time, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            entry = Get(requestId);
            entry.EventReceived.TrySetResult();
            if (entry.Ended.Task.IsCompleted)
            {
                // Removed in the same step: should Lambda repeat the request under its id, its handler must not find it held.
                _entries.Remove(requestId);
                return;
            }
        }

        if (!entry.Begun.Task.IsCompleted)
        {
            Task begunOrOver = Task.WhenAny(entry.Begun.Task, over);
            await begunOrOver.WaitAsync(startTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            if (!entry.Begun.Task.IsCompleted)
            {
                // Should the handler begin after all, it finds no event, and finishes its work before it returns.
                _entries.Remove(requestId);
                return;
            }
        }

        await entry.Ended.Task.WaitAsync(untilDeadline, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _entries.Remove(requestId);
        }
    }

    /// <summary>Waits until no invocation is between its beginning and its end.</summary>
    public Task WaitUntilIdleAsync()
    {
        lock (_gate)
        {
            return !IsAnyRunning() ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private bool IsAnyRunning() => _entries.Values.Any(static entry => entry.Begun.Task.IsCompleted && !entry.Ended.Task.IsCompleted);

    private Entry Get(string requestId)
    {
        if (!_entries.TryGetValue(requestId, out var entry))
        {
            _entries.Add(requestId, entry = new Entry());
        }

        return entry;
    }

    private sealed class Entry
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource EventReceived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
