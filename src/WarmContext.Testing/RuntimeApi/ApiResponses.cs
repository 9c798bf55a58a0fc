using System.Text.Json;
using WarmContext.Testing.Http;

namespace WarmContext.Testing.RuntimeApi;

/// <summary>The documented answers of the Runtime API, with the error bodies that AWS's own emulator gives.</summary>
internal static class ApiResponses
{
    private static readonly byte[] s_ok = "{\"status\":\"OK\"}\n"u8.ToArray();

    public static HttpResponse Accepted { get; } = new(202, s_ok);

    public static HttpResponse InvalidRequestId { get; } = Error(400, "InvalidRequestID", "Invalid request ID");

    public static HttpResponse InvalidResponseMode { get; } = Error(400, "InvalidFunctionResponseMode", "Invalid function response mode");

    public static HttpResponse Truncated { get; } = Error(400, "TruncatedHTTPRequest", "HTTP request detected as truncated");

    public static HttpResponse NotFound { get; } = new(404, "404 page not found\n"u8.ToArray());

    public static HttpResponse MethodNotAllowed { get; } = new(405, Array.Empty<byte>());

    /// <summary>
    /// There is no Telemetry API here. As AWS's own emulator, it says so with a 202, so that an extension that subscribes doesn't fail.
    /// </summary>
    public static HttpResponse NoTelemetry { get; } = Error(202, "Telemetry.NotSupported", "Telemetry API is not supported");

    /// <summary>Nor is there the Logs API before it.</summary>
    public static HttpResponse NoLogs { get; } = Error(202, "Logs.NotSupported", "Logs API is not supported");

    public static HttpResponse TooLarge(int limit) =>
        Error(413, "RequestEntityTooLarge", $"Exceeded maximum allowed payload size ({limit} bytes).");

    public static HttpResponse InvalidRuntimeState(string from, string to) => Error(
        403, "InvalidStateTransition", $"State transition from {from} to {to} failed for runtime. Error: State transition is not allowed");

    public static HttpResponse Error(int status, string type, string message) =>
        new(
            status,
            JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["errorMessage"] = message, ["errorType"] = type }));
}
