using System.Text.Json;
using WarmContext.Testing.Http;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Extensions;

/// <summary>The answers of the Extensions API, its refusals with the error bodies that AWS's own emulator gives.</summary>
internal static class ExtensionResponses
{
    public static HttpResponse Refused(string type, string message) => ApiResponses.Error(403, type, message);

    public static HttpResponse InvalidState(Extension extension, string to, string identity) => Refused(
        "Extension.InvalidExtensionState",
        $"State transition from {extension.State} to {to} failed for extension {identity}. Error: State transition is not allowed");

    public static HttpResponse Registered(Extension extension, LocalFunctionOptions options, bool withAccount)
    {
        var body = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["functionName"] = options.FunctionName,
            ["functionVersion"] = "$LATEST",
            ["handler"] = options.Handler,
        };
        if (withAccount)
        {
            body["accountId"] = "123456789012";
        }

        return new HttpResponse(
            200, JsonSerializer.SerializeToUtf8Bytes(body), new KeyValuePair<string, string>("Lambda-Extension-Identifier", extension.Id));
    }

    public static HttpResponse Invoke(string requestId, DateTimeOffset deadline, string functionArn, string traceId) =>
        Event(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["eventType"] = Extension.Invoke,
        ["deadlineMs"] = deadline.ToUnixTimeMilliseconds(),
        ["requestId"] = requestId,
        ["invokedFunctionArn"] = functionArn,
        ["tracing"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = "X-Amzn-Trace-Id", ["value"] = traceId },
    });

    public static HttpResponse Shutdown(string reason, DateTimeOffset deadline) =>
        Event(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["eventType"] = Extension.Shutdown,
        ["deadlineMs"] = deadline.ToUnixTimeMilliseconds(),
        ["shutdownReason"] = reason,
    });

    private static HttpResponse Event(Dictionary<string, object> body) =>
        new(
            200,
            JsonSerializer.SerializeToUtf8Bytes(body),
            new KeyValuePair<string, string>("Lambda-Extension-Event-Identifier", Guid.NewGuid().ToString()));
}
