using System.Globalization;
using System.Text;

namespace WarmContext.Testing.Http;

/// <summary>An answer to send.</summary>
internal sealed class HttpResponse(int status, ReadOnlyMemory<byte> body, params KeyValuePair<string, string>[] headers)
{
    /// <summary>In place of an answer the connection is closed.</summary>
    public static HttpResponse Cut { get; } = new(0, default);

    public int Status { get; } = status;

    public byte[] ToBytes(bool keepAlive)
    {
        var head = new StringBuilder(512);
        head.Append(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {Status} {Reason(Status)}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        if (!keepAlive)
        {
            head.Append("Connection: close\r\n");
        }

        foreach (var header in headers)
        {
            head.Append(header.Key).Append(": ").Append(header.Value).Append("\r\n");
        }

        head.Append("\r\n");
        var text = head.ToString();
        var headLength = Encoding.UTF8.GetByteCount(text);
        var message = new byte[headLength + body.Length];
        Encoding.UTF8.GetBytes(text, message);
        body.Span.CopyTo(message.AsSpan(headLength));
        return message;
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Request Entity Too Large",
        _ => "Internal Server Error",
    };
}
