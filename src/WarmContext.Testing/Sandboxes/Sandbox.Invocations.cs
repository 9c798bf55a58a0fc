using System.Diagnostics;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Processes;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <content>Invocations: queued, delivered, answered.</content>
internal sealed partial class Sandbox
{
    /// <summary>Hands an invocation over, to be delivered as soon as the runtime asks for one.</summary>
    /// <returns>False when the process has ended: another is needed.</returns>
    public bool TryEnqueue(QueuedInvocation invocation)
    {
        lock (_gate)
        {
            if (_state is RuntimeState.Exited or RuntimeState.InitError)
            {
                return false;
            }

            if (_running.ContainsKey(invocation.RequestId))
            {
                throw new InvalidOperationException($"The request id '{invocation.RequestId}' belongs to an invocation that is under way; give every invocation its own.");
            }

            _queued.Enqueue(invocation);
            DeliverIfReady();
            return true;
        }
    }

    private bool HasDiedFrozen => IsFrozen && ProcessTable.HasEnded(_processes.Runtime!.Id);

    private void DeliverIfReady()
    {
        if (_state == RuntimeState.Snapshotted && _queued.Count > 0)
        {
            if (!HasDiedFrozen)
            {
                Restore();
            }

            return;
        }

        // One at a time, unless on Managed Instances, where the runtime stays ready while it has invocations.
        while (_state == RuntimeState.Ready && _next.Count > 0 && _queued.Count > 0)
        {
            if (HasDiedFrozen)
            {
                // Killed while frozen. That is about to be noticed, and the invocation goes to another process.
                return;
            }

            Deliver(_queued.Dequeue());
        }
    }

    private void Deliver(QueuedInvocation invocation)
    {
        Thaw();

        var traceId = InvocationEvent.NewTraceId();
        invocation.IsFirst = !_isUsed;
        _isUsed = true;
        _recorder.Delivering(invocation.RequestId, invocation.Invocation.Payload.Length, invocation.IsFirst ? _initialized.Task.Result.Duration : null, !_options.IsConcurrent);
        invocation.Deadline ??= DateTimeOffset.UtcNow + _options.Timeout;
        invocation.LogPosition = _log.Position;
        invocation.Event = InvocationEvent.For(invocation, _options, traceId, _resources.ClockOffset);
        invocation.Delivered = Stopwatch.GetTimestamp();
        _running[invocation.RequestId] = invocation;
        if (!_options.IsConcurrent)
        {
            _state = RuntimeState.Running;
            _current = invocation;
            _isHeldByExtension = _isHeldByRuntime = false;
            _deadline.Set(invocation.Deadline.Value - DateTimeOffset.UtcNow);
        }

        var next = _next[^1];
        _next.RemoveAt(_next.Count - 1);
        next.TrySetResult(invocation.Event);
        if (!_extensions.IsEmpty && !_options.IsConcurrent)
        {
            var arn = InvocationEvent.FunctionArn(invocation.Invocation, _options);
            _extensions.Deliver(Extension.Invoke, ExtensionResponses.Invoke(invocation.RequestId, invocation.Deadline.Value + _resources.ClockOffset, arn, traceId));
        }
    }

    private void AnswerWithError(QueuedInvocation invocation, FunctionErrorKind kind, string type, string message)
    {
        var error = new FunctionError { Kind = kind, Type = type, Message = message };
        Answer(invocation, ErrorDocuments.Write(error, invocation.RequestId), error);
    }

    /// <summary>The caller has its answer now; the deadline goes on until the runtime asks for the next invocation.</summary>
    private void Answer(QueuedInvocation invocation, ReadOnlyMemory<byte> payload, FunctionError? error)
    {
        if (!_options.IsConcurrent)
        {
            _state = RuntimeState.ResponseSent;
        }

        _answered = Stopwatch.GetTimestamp();
        _running.Remove(invocation.RequestId);
        _recorder.Responded(invocation.RequestId, payload.Length, error, !_options.IsConcurrent);
        invocation.Answer(new InvocationAnswer(payload, error, _answered, _log.Position));
    }
}
