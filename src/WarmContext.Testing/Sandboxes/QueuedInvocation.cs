using System.Globalization;
using System.Runtime.ExceptionServices;
using WarmContext.Testing.Http;

namespace WarmContext.Testing.Sandboxes;

/// <summary>An invocation on its way through a sandbox. What changes is guarded by the sandbox's lock.</summary>
internal sealed class QueuedInvocation(LocalInvocation invocation, DateTimeOffset? deadline)
{
    private readonly TaskCompletionSource<InvocationAnswer?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ExceptionDispatchInfo? _receiverFailure;

    public LocalInvocation Invocation { get; } = invocation;

    public string RequestId => Invocation.RequestId;

    /// <summary>When it times out. Null until it is delivered, unless Init has already taken a part of its time.</summary>
    public DateTimeOffset? Deadline { get; set; } = deadline;

    /// <summary>True for the first invocation of a process.</summary>
    public bool IsFirst { get; set; }

    /// <summary>When the event was delivered, a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Delivered { get; set; }

    /// <summary>SnapStart: how long the restore took that this invocation waited for.</summary>
    public TimeSpan? RestoreDuration { get; set; }

    /// <summary>Where the function's log stood when the event was delivered.</summary>
    public long LogPosition { get; set; }

    /// <summary>The trace id that goes with its event.</summary>
    public string TraceId { get; } = NewTraceId();

    /// <summary>What was delivered, in case it is asked for again.</summary>
    public HttpResponse? Event { get; set; }

    /// <summary>True when an extension asked for its next event after the response, and so held the freeze back.</summary>
    public bool IsHeldByExtension { get; set; }

    /// <summary>True when the runtime did something of its own between the response and its next request.</summary>
    public bool IsHeldByRuntime { get; set; }

    /// <summary>
    /// Takes a piece of a streamed response. A receiver that fails gets no more, and the function is not the one to notice.
    /// </summary>
    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        if (_receiverFailure is not null)
        {
            return;
        }

        try
        {
            await Invocation.ResponseReceived!(piece).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _receiverFailure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    public void ThrowIfReceiverFailed() => _receiverFailure?.Throw();

    /// <summary>The answer; null when the process ended before the event was delivered.</summary>
    public Task<InvocationAnswer?> Answered => _answered.Task;

    public bool Answer(InvocationAnswer? answer) => _answered.TrySetResult(answer);

    private static string NewTraceId()
    {
        var random = Guid.NewGuid().ToString("N");
        var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return string.Create(
            CultureInfo.InvariantCulture, $"Root=1-{seconds:x8}-{random.AsSpan(0, 24)};Parent={Random.Shared.NextInt64():x16};Sampled=0");
    }
}
