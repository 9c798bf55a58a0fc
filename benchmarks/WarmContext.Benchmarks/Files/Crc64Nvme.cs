namespace WarmContext.Benchmarks.Files;

/// <summary>
/// The checksum as its definition has it, byte by byte through a table: what the cache computes faster is held against it.
/// </summary>
internal static class Crc64Nvme
{
    // Reflected polynomial, initial value and final XOR: the CRC RevEng catalogue's CRC-64/NVME.
    private const ulong Polynomial = 0x9A6C9329AC4BC9B5;

    private static readonly ulong[] s_table = Table();

    /// <summary>The checksum as S3 writes it: big-endian, in Base64.</summary>
    public static string Header(Stream content)
    {
        var crc = ulong.MaxValue;
        var buffer = new byte[1 << 16];
        int read;
        while ((read = content.Read(buffer)) > 0)
        {
            foreach (var value in buffer.AsSpan(0, read))
            {
                crc = s_table[(byte)(crc ^ value)] ^ (crc >> 8);
            }
        }

        var bytes = BitConverter.GetBytes(~crc);
        Array.Reverse(bytes);
        return Convert.ToBase64String(bytes);
    }

    private static ulong[] Table()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            }

            table[i] = value;
        }

        return table;
    }
}
