using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrderFunction.Contracts;

/// <summary>What a function answers to an API Gateway HTTP API, payload format 2.0.</summary>
public sealed record HttpApiResponse(int StatusCode, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private static readonly Dictionary<string, string> s_json = new(StringComparer.Ordinal) { ["content-type"] = "application/json" };

    public static Stream Created(OrderReceipt receipt) => Write(201, receipt, OrderJson.Default.OrderReceipt);

    public static Stream BadRequest(string message) => Write(400, new ErrorMessage(message), OrderJson.Default.ErrorMessage);

    // A stream, because with stream in and stream out Lambda needs no serializer, which is one assembly less to load in a cold start.
    private static MemoryStream Write<T>(int statusCode, T body, JsonTypeInfo<T> type)
    {
        var response = new HttpApiResponse(statusCode, s_json, JsonSerializer.Serialize(body, type));
        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(response, OrderJson.Default.HttpApiResponse));
    }
}
