using System.Diagnostics;
using WarmContext.Testing.Http;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <content>SnapStart: Init ends with a snapshot, for which a freeze stands; the first invocation thaws it, and the after-restore hooks run.</content>
internal sealed partial class Sandbox
{
    private TaskCompletionSource<HttpResponse>? _restoreNext;
    private long _restored;

    /// <summary>GET runtime/restore/next: the before-snapshot hooks have run.</summary>
    public ValueTask<HttpResponse> RestoreNextAsync(HttpRequest request)
    {
        lock (_gate)
        {
            if (!_options.IsSnapStart || _state != RuntimeState.Started)
            {
                return new(ApiResponses.InvalidRuntimeState(StateName, "RestoreReady"));
            }

            var next = new TaskCompletionSource<HttpResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            _restoreNext = next;
            request.Abandoned = () =>
            {
                lock (_gate)
                {
                    _restoreNext = _restoreNext == next ? null : _restoreNext;
                }
            };
            EndPhaseIfAllAreReady();
            DeliverIfReady();
            return new(next.Task);
        }
    }

    /// <summary>POST runtime/restore/error: an after-restore hook has failed.</summary>
    public HttpResponse RestoreError(HttpRequest request)
    {
        lock (_gate)
        {
            if (_state != RuntimeState.Restoring)
            {
                return ApiResponses.InvalidRuntimeState(StateName, "RestoreError");
            }

            FailRestore(ErrorDocuments.Read(request), request.Body);
            return ApiResponses.Accepted;
        }
    }

    /// <summary>There is an invocation for what has been restored.</summary>
    private void Restore()
    {
        Thaw();
        _state = RuntimeState.Restoring;
        _recorder.Begin(RecordedPhaseKind.Restore);
        _restored = Stopwatch.GetTimestamp();
        _deadline.Set(_options.RestoreTimeout);
        _restoreNext!.TrySetResult(new HttpResponse(200, ReadOnlyMemory<byte>.Empty));
        _restoreNext = null;
    }

    /// <summary>The runtime asks for its first invocation after the restore.</summary>
    private void EndRestore()
    {
        _deadline.Clear();
        _recorder.End();
        _state = RuntimeState.Ready;
        foreach (var invocation in _queued)
        {
            invocation.RestoreDuration = Stopwatch.GetElapsedTime(_restored);
        }
    }

    /// <summary>Whoever waits for the restore is told; the next invocation starts another process.</summary>
    private void FailRestore(FunctionError error, ReadOnlyMemory<byte> payload)
    {
        while (_queued.TryDequeue(out var queued))
        {
            queued.Delivered = _restored;
            queued.LogPosition = _log.Position;
            queued.Answer(new InvocationAnswer(payload.IsEmpty ? ErrorDocuments.Write(error, queued.RequestId) : payload, error, Stopwatch.GetTimestamp(), _log.Position));
        }

        Exit(error, "failure");
    }
}
