using System.Text.Json;

namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>An exception as Lambda's error JSON: errorType, errorMessage, stackTrace, cause, causes.</summary>
internal static class FunctionError
{
    private const int MaxDepth = 16;

    public static string TypeOf(Exception exception) => exception.GetType().Name;

    public static byte[] ToJson(Exception exception)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(writer, exception, MaxDepth);
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, Exception exception, int depth)
    {
        writer.WriteStartObject();
        writer.WriteString("errorType", TypeOf(exception));
        writer.WriteString("errorMessage", exception.Message);
        if (exception.StackTrace is { Length: > 0 } stackTrace)
        {
            writer.WriteStartArray("stackTrace");
            foreach (var line in stackTrace.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                writer.WriteStringValue(line);
            }

            writer.WriteEndArray();
        }

        if (exception.InnerException is { } inner && depth > 0)
        {
            writer.WritePropertyName("cause");
            Write(writer, inner, depth - 1);
        }

        if (exception is AggregateException { InnerExceptions.Count: > 0 } aggregate && depth > 0)
        {
            writer.WriteStartArray("causes");
            foreach (var each in aggregate.InnerExceptions)
            {
                Write(writer, each, depth - 1);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
