using System.Diagnostics;
using WarmContext.Testing.Recordings;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <summary>The invocations of a sandbox: queued, running, answered. Used under the sandbox's lock.</summary>
internal sealed class SandboxInvocations(SandboxSettings settings, SandboxRecorder recorder)
{
    private readonly Queue<QueuedInvocation> _queued = new();
    private readonly Dictionary<string, QueuedInvocation> _running = new(StringComparer.Ordinal);
    private bool _isUsed;
    private long _answered;

    /// <summary>The one whose Invoke phase goes on; null between invocations, and where they overlap.</summary>
    public QueuedInvocation? Current { get; private set; }

    public bool IsAnyQueued => _queued.Count > 0;

    /// <summary>The time since the latest answer.</summary>
    public TimeSpan SinceAnswer => Stopwatch.GetElapsedTime(_answered);

    private bool IsAlone => !settings.Options.IsConcurrent;

    /// <exception cref="InvalidOperationException">Its request id belongs to one that is running.</exception>
    public void Enqueue(QueuedInvocation invocation)
    {
        if (_running.ContainsKey(invocation.RequestId))
        {
            throw new InvalidOperationException(
                $"The request id '{invocation.RequestId}' belongs to an invocation that is under way; give every invocation its own.");
        }

        _queued.Enqueue(invocation);
    }

    /// <summary>The one that runs with an id; null when none does.</summary>
    public QueuedInvocation? Running(string requestId) => _running.GetValueOrDefault(requestId);

    /// <summary>Takes the next from the queue, to be delivered at once.</summary>
    /// <param name="initDuration">How long Init took.</param>
    public QueuedInvocation Begin(TimeSpan initDuration)
    {
        var invocation = _queued.Dequeue();
        invocation.IsFirst = !_isUsed;
        _isUsed = true;
        recorder.Delivering(invocation.RequestId, invocation.Invocation.Payload.Length, invocation.IsFirst ? initDuration : null, IsAlone);
        invocation.Deadline ??= DateTimeOffset.UtcNow + settings.Options.Timeout;
        invocation.LogPosition = settings.Log.Position;
        invocation.Event = InvocationEvent.For(invocation, settings.Options, settings.Resources.ClockOffset);
        invocation.Delivered = Stopwatch.GetTimestamp();
        _running[invocation.RequestId] = invocation;
        Current = IsAlone ? invocation : null;
        return invocation;
    }

    /// <summary>The caller has its answer now.</summary>
    public void Answer(QueuedInvocation invocation, ReadOnlyMemory<byte> payload, FunctionError? error)
    {
        _answered = Stopwatch.GetTimestamp();
        _running.Remove(invocation.RequestId);
        recorder.Responded(invocation.RequestId, payload.Length, error, IsAlone);
        invocation.Answer(new InvocationAnswer(payload, error, _answered, settings.Log.Position));
    }

    /// <summary>The runtime and every extension have asked for the next event.</summary>
    public void End()
    {
        if (Current is { } ended)
        {
            recorder.Ended(ended.RequestId, ended.IsHeldByExtension, ended.IsHeldByRuntime);
            Current = null;
        }
    }

    /// <summary>Those that are queued have waited for a restore.</summary>
    public void Restored(TimeSpan duration)
    {
        foreach (var invocation in _queued)
        {
            invocation.RestoreDuration = duration;
        }
    }

    /// <summary>Those that run fail, because the process ends.</summary>
    public void FailRunning(FunctionError error)
    {
        foreach (var invocation in _running.Values.ToList())
        {
            Answer(invocation, ErrorDocuments.Write(error, invocation.RequestId), error);
        }
    }

    /// <summary>Those that wait for a restore fail with it.</summary>
    /// <param name="error">Why.</param>
    /// <param name="payload">What the function reported; empty when it reported nothing.</param>
    /// <param name="begun">When the restore began, a timestamp of <see cref="Stopwatch"/>.</param>
    public void FailQueued(FunctionError error, ReadOnlyMemory<byte> payload, long begun)
    {
        while (_queued.TryDequeue(out var queued))
        {
            queued.Delivered = begun;
            queued.LogPosition = settings.Log.Position;
            var document = payload.IsEmpty ? ErrorDocuments.Write(error, queued.RequestId) : payload;
            queued.Answer(new InvocationAnswer(document, error, Stopwatch.GetTimestamp(), settings.Log.Position));
        }
    }

    /// <summary>Those that are queued go to another process.</summary>
    public void ReturnQueued()
    {
        while (_queued.TryDequeue(out var queued))
        {
            queued.Answer(null);
        }
    }
}
