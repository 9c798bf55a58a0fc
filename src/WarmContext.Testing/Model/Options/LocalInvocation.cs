using System.Text;
using System.Text.Json;

namespace WarmContext.Testing;

/// <summary>An invocation to make: the event, and what Lambda sends with it.</summary>
public sealed class LocalInvocation
{
    // The limit of a synchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (read 2026-11-20).
    private const int MaxPayload = 6 * 1024 * 1024;

    /// <summary>The event, as JSON.</summary>
    /// <value>Default: <c>{}</c>, what Lambda hands over where there is none. Allowed: JSON of up to 6 MiB.</value>
    public ReadOnlyMemory<byte> Payload { get; init; } = "{}"u8.ToArray();

    /// <summary>The request id.</summary>
    /// <value>Default: a new one. Allowed: visible ASCII characters other than / ? # and %, because it is a part of a path.</value>
    public string RequestId { get; init; } = Guid.NewGuid().ToString();

    /// <summary>The client context, as JSON.</summary>
    /// <value>Default: null, none.</value>
    public string? ClientContext { get; init; }

    /// <summary>The Cognito identity, as JSON with cognitoIdentityId and cognitoIdentityPoolId.</summary>
    /// <value>Default: null, none.</value>
    public string? CognitoIdentity { get; init; }

    /// <summary>The tenant id.</summary>
    /// <value>Default: null, none.</value>
    public string? TenantId { get; init; }

    /// <summary>The ARN that the function was invoked by.</summary>
    /// <value>Default: null, that of the function itself in account 123456789012.</value>
    public string? InvokedFunctionArn { get; init; }

    /// <summary>
    /// Receives a streamed response piece by piece, as the function sends it. The function is held back until a piece is done, and its
    /// memory is good until then. A response that isn't streamed isn't handed over. A delegate that throws gets no more, and the invocation
    /// ends with its exception when the function has answered.
    /// </summary>
    /// <value>Default: null, none.</value>
    public Func<ReadOnlyMemory<byte>, ValueTask>? ResponseReceived { get; init; }

    internal static LocalInvocation Of(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json.Length == 0 ? new LocalInvocation() : new LocalInvocation { Payload = Encoding.UTF8.GetBytes(json) };
    }

    internal LocalInvocation Validated()
    {
        if (Payload.Length > MaxPayload)
        {
            throw new ArgumentException($"The event has {Payload.Length} bytes; Lambda takes at most {MaxPayload}.");
        }

        if (RequestId.Length == 0 || RequestId.Any(static character => character is <= ' ' or > '~' or '/' or '?' or '#' or '%'))
        {
            throw new ArgumentException(
                $"{nameof(LocalInvocation)}.{nameof(RequestId)} is '{RequestId}'; it must be visible ASCII characters other than / ? # " +
                "and %, because the function answers to a path with it.");
        }

        foreach (var header in (string?[])[ClientContext, CognitoIdentity, TenantId, InvokedFunctionArn])
        {
            if (header is not null && header.AsSpan().ContainsAny('\r', '\n'))
            {
                throw new ArgumentException($"'{header}' goes into a header, so it must not have line breaks.");
            }
        }

        CheckJson();
        return this;
    }

    private void CheckJson()
    {
        var reader = new Utf8JsonReader(Payload.Span);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            throw new ArgumentException(
                $"The event isn't JSON, so Lambda's Invoke would refuse it: {exception.Message} It is: " +
                $"{Encoding.UTF8.GetString(Payload.Span[..Math.Min(200, Payload.Length)])}",
                exception);
        }
    }
}
