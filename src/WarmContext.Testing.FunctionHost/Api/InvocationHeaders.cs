using System.Globalization;

namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>What the Runtime API says of an invocation.</summary>
internal sealed class InvocationHeaders(RuntimeApiAnswer next)
{
    public string RequestId { get; } = next.Header("Lambda-Runtime-Aws-Request-Id") ?? string.Empty;

    public string? TraceId { get; } = next.Header("Lambda-Runtime-Trace-Id");

    public string? InvokedFunctionArn { get; } = next.Header("Lambda-Runtime-Invoked-Function-Arn");

    public string? ClientContext { get; } = next.Header("Lambda-Runtime-Client-Context");

    public string? CognitoIdentity { get; } = next.Header("Lambda-Runtime-Cognito-Identity");

    public string? TenantId { get; } = next.Header("Lambda-Runtime-Aws-Tenant-Id");

    public DateTimeOffset Deadline { get; } = DateTimeOffset.FromUnixTimeMilliseconds(
        long.TryParse(next.Header("Lambda-Runtime-Deadline-Ms"), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? milliseconds
            : 0);
}
