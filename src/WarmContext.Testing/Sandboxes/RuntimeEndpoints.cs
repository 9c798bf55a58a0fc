using WarmContext.Testing.Extensions;
using WarmContext.Testing.Http;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// What a sandbox answers to the requests of the Runtime API and the Extensions API. Used under the sandbox's lock: each request is a step.
/// </summary>
internal sealed class RuntimeEndpoints(LocalFunctionOptions options, SandboxParts parts, SandboxStateMachine states) : IRuntimeApi
{
    // What WarmContext's RuntimeGate says when it has waited for background work.
    private const string WorkFinished = "(background work finished)";

    // Well above what an ordinary runtime takes, also with a fraction of a CPU.
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(100);

    public Func<ReadOnlyMemory<byte>, ValueTask>? StreamOf(string requestId) =>
        parts.Invocations.Running(requestId) is { Invocation.ResponseReceived: not null } invocation ? invocation.ReceiveAsync : null;

    public ValueTask<HttpResponse> NextAsync(HttpRequest request)
    {
        switch (states.State)
        {
            case RuntimeState.Running:
                // Asked again before it has answered, it gets the same event again, as from AWS's emulator.
                return new(parts.Invocations.Current!.Event!);
            case RuntimeState.Exited:
                return new(new TaskCompletionSource<HttpResponse>().Task);
            case RuntimeState.InitError:
                return new(ApiResponses.InvalidRuntimeState(states.StateName, nameof(RuntimeState.Ready)));
        }

        if (states.State == RuntimeState.ResponseSent && !states.IsRuntimeReady)
        {
            parts.Invocations.Current!.IsHeldByRuntime = IsLate(request);
        }

        return new(states.WaitForInvocation(request));
    }

    public HttpResponse Response(string requestId, HttpRequest request)
    {
        if (RefusalOf(requestId, "InvocationResponse", out var invocation) is { } refusal)
        {
            return refusal;
        }

        if (RuntimeApiRoutes.InvalidModeOf(request) is { } mode)
        {
            AnswerInvalid(invocation!, "Runtime.InvalidResponseModeHeader", $"Invalid function response mode: {mode}");
            return ApiResponses.InvalidResponseMode;
        }

        if (request.IsTruncated)
        {
            AnswerInvalid(invocation!, "Runtime.TruncatedResponse", "The response was cut off");
            return ApiResponses.Truncated;
        }

        if (request.IsTooLarge)
        {
            var limit = RuntimeApiRoutes.MaxBody(request);
            AnswerInvalid(
                invocation!,
                "Function.ResponseSizeTooLarge",
                $"Response payload size exceeded maximum allowed payload size ({limit} bytes).");
            return ApiResponses.TooLarge(limit);
        }

        states.Answer(invocation!, request.Body, ErrorDocuments.ReadTrailers(request));
        return ApiResponses.Accepted;
    }

    public HttpResponse Error(string requestId, HttpRequest request)
    {
        if (RefusalOf(requestId, "InvocationErrorResponse", out var invocation) is { } refusal)
        {
            return refusal;
        }

        states.Answer(invocation!, request.Body, ErrorDocuments.Read(request));
        return ApiResponses.Accepted;
    }

    public HttpResponse InitError(HttpRequest request)
    {
        if (states.State != RuntimeState.Started)
        {
            return ApiResponses.InvalidRuntimeState(states.StateName, nameof(RuntimeState.InitError));
        }

        states.FailInit(ErrorDocuments.Read(request), request.Body);
        return ApiResponses.Accepted;
    }

    public ValueTask<HttpResponse> RestoreNextAsync(HttpRequest request) => !options.IsSnapStart || states.State != RuntimeState.Started
        ? new(ApiResponses.InvalidRuntimeState(states.StateName, "RestoreReady"))
        : new(states.WaitForRestore(request));

    public HttpResponse RestoreError(HttpRequest request)
    {
        if (states.State != RuntimeState.Restoring)
        {
            return ApiResponses.InvalidRuntimeState(states.StateName, "RestoreError");
        }

        states.FailRestore(ErrorDocuments.Read(request), request.Body);
        return ApiResponses.Accepted;
    }

    public ValueTask<HttpResponse> RegisterExtensionAsync(HttpRequest request)
    {
        if (options.ExtensionFaults?.RegistrationRefusal is { } status)
        {
            return new(ApiResponses.Error(status, "Extension.Refused", "The registration is refused for a test"));
        }

        var response = parts.Extensions.Register(request, states.IsOpenForExtensions);
        states.StartRuntimeWhenExtensionsHaveRegistered();
        return options.ExtensionFaults is { } faults ? LateAsync(response, faults.RegistrationTime) : new(response);
    }

    public ValueTask<HttpResponse> NextExtensionEventAsync(HttpRequest request)
    {
        if (parts.Extensions.Next(request, out var extension) is { } refusal)
        {
            return new(refusal);
        }

        if (states.State == RuntimeState.ResponseSent)
        {
            // One that had asked before the response holds nothing back.
            parts.Invocations.Current!.IsHeldByExtension = true;
        }

        options.ExtensionFaults?.EventRequested();
        var next = extension!.Next!;
        request.Abandoned = () => extension.Abandon(next);
        parts.Shutdown.Tell(extension);
        states.EndPhaseIfAllAreReady();
        return new(next.Task);
    }

    public HttpResponse ExtensionError(HttpRequest request, bool isInit) => parts.Extensions.Error(request, isInit);

    private static async ValueTask<HttpResponse> LateAsync(HttpResponse response, TimeSpan by)
    {
        await Task.Delay(by).ConfigureAwait(false);
        return response;
    }

    /// <summary>A runtime asks for its next event as soon as its response is accepted, unless it has something to do before.</summary>
    private bool IsLate(HttpRequest request) =>
        request.Header("User-Agent")?.Contains(WorkFinished, StringComparison.Ordinal) == true || parts.Invocations.SinceAnswer >= s_late;

    private void AnswerInvalid(QueuedInvocation invocation, string type, string message)
    {
        var error = new FunctionError { Kind = FunctionErrorKind.InvalidResponse, Type = type, Message = message };
        states.Answer(invocation, ErrorDocuments.Write(error, invocation.RequestId), error);
    }

    private HttpResponse? RefusalOf(string requestId, string transition, out QueuedInvocation? invocation)
    {
        invocation = null;
        if (states.State != RuntimeState.Running && !(options.IsConcurrent && states.State == RuntimeState.Ready))
        {
            return ApiResponses.InvalidRuntimeState(states.StateName, transition);
        }

        invocation = parts.Invocations.Running(requestId);
        return invocation is null ? ApiResponses.InvalidRequestId : null;
    }
}
