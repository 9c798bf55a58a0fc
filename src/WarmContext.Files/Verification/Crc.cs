using System.Buffers.Binary;
using System.IO.Hashing;

namespace WarmContext.Files.Verification;

/// <summary>
/// One of the three CRCs that objects in S3 carry. System.IO.Hashing computes it; here those of a file's parts, which arrive in any order
/// and at once, are combined to the one of the whole file.
/// </summary>
/// <remarks>
/// Implementation note: all three are reflected, start from all ones and end inverted. The checksum of two pieces is the first one's, moved
/// along by the bits of the second, plus the second one's: first × x^bits + second, modulo the polynomial.
/// </remarks>
internal sealed class Crc
{
    private readonly Func<NonCryptographicHashAlgorithm> _create;
    private readonly int _width;
    private readonly ulong _polynomial;

    private Crc(FileChecksumAlgorithm algorithm, Crc32ParameterSet parameters)
    {
        Algorithm = algorithm;
        _create = () => new Crc32(parameters);
        _width = 32;
        _polynomial = Reflected(parameters.Polynomial);
    }

    private Crc(FileChecksumAlgorithm algorithm, Crc64ParameterSet parameters)
    {
        Algorithm = algorithm;
        _create = () => new Crc64(parameters);
        _width = 64;
        _polynomial = Reflected(parameters.Polynomial);
    }

    /// <summary>All of them, the one to prefer first.</summary>
    public static IReadOnlyList<Crc> All { get; } =
    [
        new(FileChecksumAlgorithm.Crc64Nvme, Crc64ParameterSet.Nvme),
        new(FileChecksumAlgorithm.Crc32C, Crc32ParameterSet.Crc32C),
        new(FileChecksumAlgorithm.Crc32, Crc32ParameterSet.Crc32),
    ];

    public FileChecksumAlgorithm Algorithm { get; }

    /// <summary>A computation that has seen no bytes.</summary>
    public NonCryptographicHashAlgorithm Create() => _create();

    /// <summary>The checksum of all bytes that a computation of this CRC has seen.</summary>
    public static ulong Current(NonCryptographicHashAlgorithm computation) => computation switch
    {
        Crc32 crc => crc.GetCurrentHashAsUInt32(),
        Crc64 crc => crc.GetCurrentHashAsUInt64(),
        _ => throw new ArgumentException("It computes no CRC.", nameof(computation)),
    };

    /// <summary>The checksum of two pieces one after the other, from theirs and the second one's length in bytes.</summary>
    public ulong Combine(ulong first, ulong second, long secondLength) => Multiply(first, Power(8 * (ulong)secondLength)) ^ second;

    /// <summary>The checksum with its bytes, the most significant first, as S3 writes them.</summary>
    public FileChecksum ToChecksum(ulong checksum)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, checksum);
        return new FileChecksum(Algorithm, bytes.AsMemory(8 - (_width / 8)));
    }

    /// <summary>x^n modulo the polynomial, reflected.</summary>
    private ulong Power(ulong n)
    {
        var result = 1UL << (_width - 1);
        var square = 1UL << (_width - 2);
        for (; n != 0; n >>= 1)
        {
            if ((n & 1) != 0)
            {
                result = Multiply(result, square);
            }

            square = Multiply(square, square);
        }

        return result;
    }

    private ulong Multiply(ulong left, ulong right)
    {
        var product = 0UL;
        for (var bit = 1UL << (_width - 1); bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
            }

            right = (right & 1) != 0 ? (right >> 1) ^ _polynomial : right >> 1;
        }

        return product;
    }

    private static ulong Reflected(uint polynomial) => Reflected((ulong)polynomial) >> 32;

    private static ulong Reflected(ulong polynomial)
    {
        var reflected = 0UL;
        for (var bit = 0; bit < 64; bit++)
        {
            reflected |= (polynomial >> bit & 1) << (63 - bit);
        }

        return reflected;
    }
}
