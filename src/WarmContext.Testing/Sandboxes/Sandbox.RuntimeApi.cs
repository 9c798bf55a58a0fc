using System.Diagnostics;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Http;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <content>The requests of the Runtime API and the Extensions API, each a step under the lock.</content>
internal sealed partial class Sandbox
{
    // What WarmContext's RuntimeGate says when it has waited for background work.
    private const string WorkFinished = "(background work finished)";

    // Well above what an ordinary runtime takes, also with a fraction of a CPU.
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(100);

    // As AWS's own emulator names it in error bodies.
    private string StateName => _state == RuntimeState.ResponseSent ? "RuntimeResponseSentState" : _state.ToString();

    /// <summary>GET runtime/invocation/next.</summary>
    public ValueTask<HttpResponse> NextAsync(HttpRequest request)
    {
        lock (_gate)
        {
            switch (_state)
            {
                case RuntimeState.Running:
                    // Asked again before it has answered, it gets the same event again, as from AWS's emulator.
                    return new(_current!.Event!);
                case RuntimeState.Exited:
                    return new(new TaskCompletionSource<HttpResponse>().Task);
                case RuntimeState.InitError:
                    return new(ApiResponses.InvalidRuntimeState(StateName, nameof(RuntimeState.Ready)));
            }

            if (_state == RuntimeState.ResponseSent && _next.Count == 0)
            {
                _isHeldByRuntime = IsLate(request);
            }

            var next = new TaskCompletionSource<HttpResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            request.Abandoned = () => Abandon(next);
            if (!_options.IsConcurrent)
            {
                // Asked again, it has given up the first request.
                _next.Clear();
            }

            _next.Add(next);
            if (_state == RuntimeState.Restoring)
            {
                EndRestore();
            }

            EndPhaseIfAllAreReady();
            DeliverIfReady();

            return new(next.Task);
        }
    }

    /// <summary>POST runtime/invocation/{id}/response.</summary>
    public HttpResponse Response(string requestId, HttpRequest request)
    {
        lock (_gate)
        {
            if (RefusalOf(requestId, "InvocationResponse", out var invocation) is { } refusal)
            {
                return refusal;
            }

            if (RuntimeApiRoutes.InvalidModeOf(request) is { } mode)
            {
                AnswerWithError(invocation!, FunctionErrorKind.InvalidResponse, "Runtime.InvalidResponseModeHeader", $"Invalid function response mode: {mode}");
                return ApiResponses.InvalidResponseMode;
            }

            if (request.IsTruncated)
            {
                AnswerWithError(invocation!, FunctionErrorKind.InvalidResponse, "Runtime.TruncatedResponse", "The response was cut off");
                return ApiResponses.Truncated;
            }

            if (request.IsTooLarge)
            {
                AnswerWithError(
                    invocation!, FunctionErrorKind.InvalidResponse, "Function.ResponseSizeTooLarge", $"Response payload size exceeded maximum allowed payload size ({RuntimeApiRoutes.LargestBody(request)} bytes).");
                return ApiResponses.TooLarge(RuntimeApiRoutes.LargestBody(request));
            }

            Answer(invocation!, request.Body, ErrorDocuments.ReadTrailers(request));
            return ApiResponses.Accepted;
        }
    }

    /// <summary>Who wants the streamed response of an invocation as it comes; null when nobody does.</summary>
    public Func<ReadOnlyMemory<byte>, ValueTask>? StreamOf(string requestId)
    {
        lock (_gate)
        {
            return _running.TryGetValue(requestId, out var invocation) && invocation.Invocation.ResponseReceived is not null ? invocation.ReceiveAsync : null;
        }
    }

    /// <summary>POST runtime/invocation/{id}/error.</summary>
    public HttpResponse Error(string requestId, HttpRequest request)
    {
        lock (_gate)
        {
            if (RefusalOf(requestId, "InvocationErrorResponse", out var invocation) is { } refusal)
            {
                return refusal;
            }

            Answer(invocation!, request.Body, ErrorDocuments.Read(request));
            return ApiResponses.Accepted;
        }
    }

    /// <summary>POST runtime/init/error.</summary>
    public HttpResponse InitError(HttpRequest request)
    {
        lock (_gate)
        {
            if (_state != RuntimeState.Started)
            {
                return ApiResponses.InvalidRuntimeState(StateName, nameof(RuntimeState.InitError));
            }

            EndInit(RuntimeState.InitError, ErrorDocuments.Read(request), request.Body);
            return ApiResponses.Accepted;
        }
    }

    /// <summary>POST extension/register.</summary>
    public HttpResponse RegisterExtension(HttpRequest request)
    {
        lock (_gate)
        {
            // Once the runtime has asked for its first invocation, nobody can join any more.
            var response = _extensions.Register(request, isOpen: _state == RuntimeState.Started && _next.Count == 0 && _restoreNext is null);
            StartRuntimeWhenExtensionsHaveRegistered();
            return response;
        }
    }

    /// <summary>GET extension/event/next.</summary>
    public ValueTask<HttpResponse> NextExtensionEventAsync(HttpRequest request)
    {
        lock (_gate)
        {
            if (_extensions.Next(request, out var extension) is { } refusal)
            {
                return new(refusal);
            }

            // One that had asked before the response holds nothing back.
            _isHeldByExtension |= _state == RuntimeState.ResponseSent;
            var next = extension!.Next!;
            request.Abandoned = () => Abandon(extension, next);
            if (_shutdownEvent is not null && extension.Events.Contains(Extension.Shutdown))
            {
                extension.Deliver(_shutdownEvent);
            }

            EndPhaseIfAllAreReady();
            return new(next.Task);
        }
    }

    /// <summary>POST extension/init/error and extension/exit/error.</summary>
    public HttpResponse ExtensionError(HttpRequest request, bool isInit)
    {
        lock (_gate)
        {
            return _extensions.Error(request, isInit);
        }
    }

    /// <summary>A runtime asks for its next event as soon as its response is accepted, unless it has something to do before.</summary>
    private bool IsLate(HttpRequest request) =>
        request.Header("User-Agent")?.Contains(WorkFinished, StringComparison.Ordinal) == true || Stopwatch.GetElapsedTime(_answered) >= s_late;

    private HttpResponse? RefusalOf(string requestId, string transition, out QueuedInvocation? invocation)
    {
        invocation = null;
        return _state != RuntimeState.Running && !(_options.IsConcurrent && _state == RuntimeState.Ready) ? ApiResponses.InvalidRuntimeState(StateName, transition)
            : !_running.TryGetValue(requestId, out invocation) ? ApiResponses.InvalidRequestId
            : null;
    }

    private void Abandon(TaskCompletionSource<HttpResponse> next)
    {
        lock (_gate)
        {
            _next.Remove(next);
        }
    }

    private void Abandon(Extension extension, TaskCompletionSource<HttpResponse> next)
    {
        lock (_gate)
        {
            extension.Abandon(next);
        }
    }
}
