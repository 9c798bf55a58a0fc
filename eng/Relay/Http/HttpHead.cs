using System.Globalization;
using System.Text;

namespace WarmContext.Relay.Http;

/// <summary>The first line of an HTTP/1.1 message and its headers.</summary>
/// <param name="bytes">As they came, with the empty line that ends them.</param>
public sealed class HttpHead(byte[] bytes)
{
    /// <summary>The bytes as they came.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The same as text.</summary>
    public string Text { get; } = Encoding.Latin1.GetString(bytes);

    /// <summary>The length of the body as the head tells it, in bytes; 0 where it doesn't.</summary>
    public long ContentLength =>
        Header("Content-Length") is { } length ? long.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    /// <summary>True when the body comes in a form that tells its own end, such as chunks.</summary>
    public bool HasTransferEncoding => Header("Transfer-Encoding") is not null;

    /// <summary>The value of a header; null when it isn't there.</summary>
    /// <param name="name">Its name, in any case.</param>
    public string? Header(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var line in Text.Split("\r\n").Skip(1))
        {
            if (line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return line[(name.Length + 1)..].Trim();
            }
        }

        return null;
    }
}
