using WarmContext.Testing.FunctionHost.Api;

namespace WarmContext.Testing.FunctionHost.Core;

/// <summary>An invocation while its handler runs: what its log lines say of it, and the stream that its handler may have opened.</summary>
internal sealed class RunningInvocation(InvocationHeaders headers, RuntimeApiConnection api)
{
    private static readonly AsyncLocal<RunningInvocation?> s_flowing = new();
    private static RunningInvocation? s_only;

    /// <summary>The one of the calling code; null in Init.</summary>
    public static RunningInvocation? Current => s_flowing.Value ?? Volatile.Read(ref s_only);

    public InvocationHeaders Headers => headers;

    /// <summary>Null where the handler has opened none.</summary>
    public ResponseStream? Stream { get; private set; }

    /// <summary>
    /// Makes it the current one. Where several run at once it flows with the code, and what is no part of any has none, as in Lambda's own
    /// runtime.
    /// </summary>
    public void Enter(bool isConcurrent)
    {
        if (isConcurrent)
        {
            s_flowing.Value = this;
        }
        else
        {
            Volatile.Write(ref s_only, this);
        }
    }

    public ResponseStream OpenStream(byte[] prelude) => Stream is null
        ? Stream = new ResponseStream(api, headers.RequestId, prelude)
        : throw new InvalidOperationException("The invocation has a response stream already.");
}
