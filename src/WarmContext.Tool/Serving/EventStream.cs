using System.Buffers.Binary;
using System.Text;

namespace WarmContext.Tool.Serving;

/// <summary>Messages of application/vnd.amazon.eventstream, in which a streamed response is sent.</summary>
/// <remarks>
/// After https://smithy.io/2.0/aws/amazon-eventstream.html (read 2026-11-21): lengths, a checksum, headers, the payload, a checksum.
/// </remarks>
internal static class EventStream
{
    private const byte StringHeader = 7;
    private const int Prelude = 12;
    private const int Checksum = 4;

    private static readonly uint[] s_table = Table();

    public static byte[] Message(string eventType, string contentType, ReadOnlySpan<byte> payload)
    {
        using var headers = new MemoryStream();
        Add(headers, ":event-type", eventType);
        Add(headers, ":content-type", contentType);
        Add(headers, ":message-type", "event");

        var message = new byte[Prelude + headers.Length + payload.Length + Checksum];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), (int)headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32(message.AsSpan(0, 8)));
        headers.GetBuffer().AsSpan(0, (int)headers.Length).CopyTo(message.AsSpan(Prelude));
        payload.CopyTo(message.AsSpan(Prelude + (int)headers.Length));
        BinaryPrimitives.WriteUInt32BigEndian(
            message.AsSpan(message.Length - Checksum), Crc32(message.AsSpan(0, message.Length - Checksum)));
        return message;
    }

    private static void Add(MemoryStream headers, string name, string value)
    {
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var valueBytes = Encoding.UTF8.GetBytes(value);
        headers.WriteByte((byte)nameBytes.Length);
        headers.Write(nameBytes);
        headers.WriteByte(StringHeader);
        headers.WriteByte((byte)(valueBytes.Length >> 8));
        headers.WriteByte((byte)valueBytes.Length);
        headers.Write(valueBytes);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = s_table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] Table()
    {
        const uint Polynomial = 0xEDB88320;
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            }

            table[i] = value;
        }

        return table;
    }
}
