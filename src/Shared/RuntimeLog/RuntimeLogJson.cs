using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WarmContext.Shared.RuntimeLog;

/// <summary>A log entry as the JSON object that Lambda's .NET runtime writes: its arguments are fields.</summary>
internal static class RuntimeLogJson
{
    private static readonly JsonSerializerOptions s_options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string Write(RuntimeLogEntry entry, string level, string message, MessageTemplate? template)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp", entry.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            writer.WriteString("level", level);
            WriteUnlessEmpty(writer, "requestId", entry.RequestId);
            WriteUnlessEmpty(writer, "tenantId", entry.TenantId);
            WriteUnlessEmpty(writer, "traceId", entry.TraceId);
            writer.WriteString("message", message);
            foreach (var (hole, value) in template?.Fields(entry.Arguments!) ?? [])
            {
                writer.WritePropertyName(hole.Name);
                WriteField(writer, hole, value);
            }

            WriteException(writer, entry.Exception);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteException(Utf8JsonWriter writer, Exception? exception)
    {
        if (exception is null)
        {
            return;
        }

        writer.WriteString("errorType", exception.GetType().FullName);
        writer.WriteString("errorMessage", exception.Message);
        writer.WriteStartArray("stackTrace");
        foreach (var line in exception.ToString().Split('\n'))
        {
            writer.WriteStringValue(line.Trim());
        }

        writer.WriteEndArray();
    }

    private static void WriteField(Utf8JsonWriter writer, MessageHole hole, object? value)
    {
        switch (value)
        {
            case IList list and not IList<byte>:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    WriteValue(writer, hole, item);
                }

                writer.WriteEndArray();
                break;
            case IDictionary map:
                writer.WriteStartObject();
                foreach (DictionaryEntry item in map)
                {
                    writer.WritePropertyName(item.Key.ToString() ?? string.Empty);
                    WriteValue(writer, hole, item.Value);
                }

                writer.WriteEndObject();
                break;
            default:
                WriteValue(writer, hole, value);
                break;
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, MessageHole hole, object? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else if (hole.IsSerialized)
        {
            WriteSerialized(writer, value);
        }
        else if (hole.HasFormat)
        {
            writer.WriteStringValue(hole.Format(value));
        }
        else if (value is bool flag)
        {
            writer.WriteBooleanValue(flag);
        }
        else if (value is sbyte or byte or short or ushort or int or uint or long or ulong or decimal
            || (value is double number && double.IsFinite(number)) || (value is float single && float.IsFinite(single)))
        {
            writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteStringValue(value is byte[] or ReadOnlyMemory<byte> or Memory<byte>
                ? hole.Format(value)
                : value is IFormattable text and not (DateTime or DateTimeOffset or DateOnly or TimeOnly)
                    ? text.ToString(null, CultureInfo.InvariantCulture)
                    : MessageHole.Text(value));
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Where the type is trimmed, its text is written instead.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Where code can't be made, the text is written instead.")]
    private static void WriteSerialized(Utf8JsonWriter writer, object value)
    {
        string json;
        try
        {
            json = JsonSerializer.Serialize(value, s_options);
        }
        catch (Exception)
        {
            writer.WriteStringValue(value.ToString());
            return;
        }

        writer.WriteRawValue(json);
    }
}
