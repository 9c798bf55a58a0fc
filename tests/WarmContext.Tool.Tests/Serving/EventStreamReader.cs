using System.Buffers.Binary;
using System.Text;

namespace WarmContext.Tool;

/// <summary>Reads application/vnd.amazon.eventstream, with its checksums.</summary>
internal static class EventStreamReader
{
    public static List<(string Type, string Payload)> Read(ReadOnlySpan<byte> stream)
    {
        var messages = new List<(string Type, string Payload)>();
        while (stream.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(stream);
            var headersLength = BinaryPrimitives.ReadInt32BigEndian(stream[4..]);
            Assert.Equal(Crc32(stream[..8]), BinaryPrimitives.ReadUInt32BigEndian(stream[8..]));
            Assert.Equal(Crc32(stream[..(length - 4)]), BinaryPrimitives.ReadUInt32BigEndian(stream[(length - 4)..]));
            var headers = Headers(stream.Slice(12, headersLength));
            messages.Add((headers[":event-type"], Encoding.UTF8.GetString(stream[(12 + headersLength)..(length - 4)])));
            Assert.Equal("event", headers[":message-type"]);
            stream = stream[length..];
        }

        return messages;
    }

    private static Dictionary<string, string> Headers(ReadOnlySpan<byte> bytes)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (bytes.Length > 0)
        {
            var name = Encoding.UTF8.GetString(bytes.Slice(1, bytes[0]));
            bytes = bytes[(1 + bytes[0])..];
            Assert.Equal(7, bytes[0]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            headers[name] = Encoding.UTF8.GetString(bytes.Slice(3, length));
            bytes = bytes[(3 + length)..];
        }

        return headers;
    }

    // Bit by bit, unlike the tool's own.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var low = (crc ^ (uint)(value >> bit)) & 1;
                crc = (crc >> 1) ^ (low * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
