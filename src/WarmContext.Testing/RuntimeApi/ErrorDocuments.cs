using System.Text;
using System.Text.Json;
using WarmContext.Testing.Http;

namespace WarmContext.Testing.RuntimeApi;

/// <summary>Lambda's error JSON: read from what a function reports, written for what the environment finds.</summary>
internal static class ErrorDocuments
{
    public static FunctionError Read(HttpRequest request) => Read(request.Header("Lambda-Runtime-Function-Error-Type"), request.Body);

    /// <summary>The error that a streamed response ended with, in its trailers; null when there is none.</summary>
    public static FunctionError? ReadTrailers(HttpRequest request)
    {
        if (request.Trailer("Lambda-Runtime-Function-Error-Type") is not { } type)
        {
            return null;
        }

        var body = request.Trailer("Lambda-Runtime-Function-Error-Body") ?? string.Empty;
        var json = new byte[body.Length];
        return Read(
            type, Convert.TryFromBase64String(body, json, out var length) ? json.AsMemory(0, length) : Encoding.UTF8.GetBytes(body));
    }

    public static byte[] Write(FunctionError error, string requestId) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["errorType"] = error.Type,
        ["errorMessage"] = $"RequestId: {requestId} Error: {error.Message}",
    });

    private static FunctionError Read(string? type, ReadOnlyMemory<byte> body)
    {
        string? message = null;
        List<string> stackTrace = [];
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var root = document.RootElement;
                message = Text(root, "errorMessage");
                type = Text(root, "errorType") ?? type;
                if (root.TryGetProperty("stackTrace", out var lines) && lines.ValueKind == JsonValueKind.Array)
                {
                    stackTrace.AddRange(lines.EnumerateArray().Select(static line => line.ToString()));
                }
            }
        }
        catch (JsonException)
        {
            // Any body is allowed; without the documented one, it is the message.
            message = Encoding.UTF8.GetString(body.Span);
        }

        return new FunctionError
        {
            Kind = FunctionErrorKind.Reported,
            Type = type ?? "Runtime.Unknown",
            Message = message ?? string.Empty,
            StackTrace = stackTrace,
        };
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
