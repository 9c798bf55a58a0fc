using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace WarmContext.Tool.Serving;

/// <summary>An error of the Invoke API, as SDKs read it: the type in a header, the rest in the body.</summary>
internal sealed class InvokeError(
    int status, string type, string message, string origin = "User", string? reason = null) : Exception(message)
{
    public static InvokeError NotFound(string arn) =>
        new(StatusCodes.Status404NotFound, "ResourceNotFoundException", $"Function not found: {arn}");

    public static InvokeError TooLarge(int limit) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            "RequestTooLargeException",
            $"Request must be smaller than {limit} bytes for the InvokeFunction operation");

    public static InvokeError NotJson(string problem) =>
        new(StatusCodes.Status400BadRequest, "InvalidRequestContentException", $"Could not parse request body into json: {problem}");

    public static InvokeError BadParameter(string problem) =>
        new(StatusCodes.Status400BadRequest, "InvalidParameterValueException", problem);

    public static InvokeError TooMany() =>
        new(
            StatusCodes.Status429TooManyRequests,
            "TooManyRequestsException",
            "Rate Exceeded.",
            reason: "ReservedFunctionConcurrentInvocationLimitExceeded");

    public static InvokeError Ours(string problem) =>
        new(StatusCodes.Status500InternalServerError, "ServiceException", problem, origin: "Service");

    public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = type;
        if (status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers.RetryAfter = "1";
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("Type", origin);
            json.WriteString(reason is null ? "Message" : "message", Message);
            if (reason is not null)
            {
                json.WriteString("Reason", reason);
            }

            json.WriteEndObject();
        }

        response.ContentLength = buffer.Length;
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
    }
}
