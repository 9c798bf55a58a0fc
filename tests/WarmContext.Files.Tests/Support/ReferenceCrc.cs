using System.Buffers.Binary;

namespace WarmContext.Files.Tests.Support;

/// <summary>The CRCs of the cache bit by bit, as the standards describe them, to compare with.</summary>
internal static class ReferenceCrc
{
    public static byte[] Compute(FileChecksumAlgorithm algorithm, ReadOnlySpan<byte> bytes) => algorithm switch
    {
        FileChecksumAlgorithm.Crc32 => Compute(32, 0xEDB88320, bytes),
        FileChecksumAlgorithm.Crc32C => Compute(32, 0x82F63B78, bytes),
        FileChecksumAlgorithm.Crc64Nvme => Compute(64, 0x9A6C9329AC4BC9B5, bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    private static byte[] Compute(int width, ulong polynomial, ReadOnlySpan<byte> bytes)
    {
        var ones = ulong.MaxValue >> (64 - width);
        var state = ones;
        foreach (var value in bytes)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ polynomial : state >> 1;
            }
        }

        var result = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(result, state ^ ones);
        return result[(8 - (width / 8))..];
    }
}
