#nullable disable
using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Amazon.Lambda.Core.ResponseStreaming;

[RequiresPreviewFeatures]
public class HttpResponseStreamPrelude
{
    public HttpStatusCode? StatusCode { get; set; }

    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    public IDictionary<string, IList<string>> MultiValueHeaders { get; set; } = new Dictionary<string, IList<string>>();

    public IList<string> Cookies { get; set; } = [];

    // Parts without a value are left out, as in the real package.
    internal byte[] ToByteArray()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            if (StatusCode is { } status)
            {
                writer.WriteNumber("statusCode", (int)status);
            }

            if (Headers is { Count: > 0 })
            {
                writer.WriteStartObject("headers");
                foreach (var (name, value) in Headers)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            if (MultiValueHeaders is { Count: > 0 })
            {
                writer.WriteStartObject("multiValueHeaders");
                foreach (var (name, values) in MultiValueHeaders)
                {
                    WriteArray(writer, name, values);
                }

                writer.WriteEndObject();
            }

            if (Cookies is { Count: > 0 })
            {
                WriteArray(writer, "cookies", Cookies);
            }

            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, IList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
