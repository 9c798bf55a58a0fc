using WarmContext.Testing.Http;

namespace WarmContext.Testing.Extensions;

/// <summary>
/// An extension of a sandbox: external, a process of its own, or internal, a part of the runtime's process. Guarded by the sandbox's lock.
/// </summary>
internal sealed class Extension(string name, bool isExternal)
{
    public const string Invoke = "INVOKE";
    public const string Shutdown = "SHUTDOWN";

    private HttpRequest? _request;

    public string Name { get; } = name;

    public bool IsExternal { get; } = isExternal;

    /// <summary>What it identifies itself by.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    public ExtensionState State { get; set; } = ExtensionState.Started;

    public HashSet<string> Events { get; } = new(StringComparer.Ordinal);

    /// <summary>Its request for the next event, while it waits.</summary>
    public TaskCompletionSource<HttpResponse>? Next { get; private set; }

    /// <summary>True when the environment may be frozen as far as it is concerned.</summary>
    public bool IsReady => State is ExtensionState.Ready or ExtensionState.Exited;

    public TaskCompletionSource<HttpResponse> Wait(HttpRequest request)
    {
        State = ExtensionState.Ready;
        _request = request;
        return Next = new TaskCompletionSource<HttpResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Takes its request back if it has given that up, whether or not that has been noticed.</summary>
    public void AbandonIfGone()
    {
        if (Next is { } next && _request!.IsSenderGone())
        {
            Abandon(next);
        }
    }

    /// <summary>Takes a request back whose sender went away.</summary>
    public void Abandon(TaskCompletionSource<HttpResponse> next)
    {
        if (Next == next)
        {
            Next = null;
            State = ExtensionState.Running;
        }
    }

    /// <summary>Delivers an event, if it waits for one.</summary>
    public void Deliver(HttpResponse response)
    {
        if (Next is { } next)
        {
            Next = null;
            State = ExtensionState.Running;
            next.TrySetResult(response);
        }
    }
}
