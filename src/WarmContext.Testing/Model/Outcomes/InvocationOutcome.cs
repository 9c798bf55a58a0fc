using System.Text;
using System.Text.Json;

namespace WarmContext.Testing;

/// <summary>The outcome of an invocation.</summary>
public sealed class InvocationOutcome
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNameCaseInsensitive = true };

    /// <summary>The invocation's request id.</summary>
    public required string RequestId { get; init; }

    /// <summary>
    /// What the function answered, as it was sent. The payload of a failed invocation is the error's JSON; that of a streamed response that
    /// failed is what had been sent by then. May be empty.
    /// </summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary><see cref="Payload"/> as text.</summary>
    public string PayloadText => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>Why the invocation failed; null when it succeeded.</summary>
    public FunctionError? Error { get; init; }

    /// <summary>True when the function answered, and not with an error.</summary>
    public bool IsSuccess => Error is null;

    /// <summary>True when the timeout ended the invocation.</summary>
    public bool IsTimedOut => Error?.Kind == FunctionErrorKind.TimedOut;

    /// <summary>
    /// The time from the delivery of the event until the response was posted, as the caller sees it. Init is included where it had to run
    /// in the invocation: after a crash, a timeout or a failed Init.
    /// </summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True for the first invocation of a process.</summary>
    public required bool IsColdStart { get; init; }

    /// <summary>
    /// How long the process's Init took, from its start until it first asked for an invocation; null unless this is its first invocation.
    /// The process's surroundings (its /tmp, its control group) are made before, and not included.
    /// </summary>
    public TimeSpan? InitDuration { get; init; }

    /// <summary>
    /// With SnapStart, how long the restore took, after-restore hooks included; null unless this is the first invocation after a restore.
    /// </summary>
    public TimeSpan? RestoreDuration { get; init; }

    /// <summary>
    /// What the function wrote to standard output and standard error, from the delivery of the event until the response was posted, a line
    /// each. <see cref="LocalExecutionEnvironment.ReadLog"/> also has what it wrote later.
    /// </summary>
    public required IReadOnlyList<string> Log { get; init; }

    /// <summary>What may explain a failure beside what the function wrote.</summary>
    internal IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>Reads the payload as JSON, ignoring the case of property names.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="options">How to read it. Default: null, property names in any case.</param>
    /// <exception cref="FunctionInvocationException">The invocation failed.</exception>
    /// <exception cref="JsonException">The payload isn't JSON, or not of that type.</exception>
    public T? ReadPayload<T>(JsonSerializerOptions? options = null) =>
        JsonSerializer.Deserialize<T>(EnsureSuccess().Payload.Span, options ?? s_options);

    /// <summary>Throws when the invocation failed, with the error and the log in the message.</summary>
    /// <returns>This outcome.</returns>
    /// <exception cref="FunctionInvocationException">The invocation failed.</exception>
    public InvocationOutcome EnsureSuccess() => IsSuccess ? this : throw new FunctionInvocationException(this);
}
