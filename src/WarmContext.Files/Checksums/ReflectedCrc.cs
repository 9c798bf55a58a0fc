using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WarmContext.Files.Checksums;

/// <summary>
/// A reflected CRC of 32 or 64 bits that starts from all ones and ends inverted, as the three that S3 uses do. Long inputs are folded with
/// carry-less multiplication where the processor has it.
/// </summary>
/// <remarks>
/// Implementation note: read as little-endian, the bits of 16 bytes are the coefficients of x^127 down to x^0. A block moves D bits further
/// along by A·x^D = A_low·x^(D+64) + A_high·x^D, each product by a constant reduced modulo the polynomial. Carry-less multiplication of
/// reflected operands gives the product times x, hence the exponents D+63 and D−1. The last 16 bytes go through the table like any others.
/// </remarks>
internal sealed class ReflectedCrc
{
    public static readonly ReflectedCrc Crc32 = new(32, 0xEDB88320);
    public static readonly ReflectedCrc Crc32C = new(32, 0x82F63B78);
    public static readonly ReflectedCrc Crc64Nvme = new(64, 0x9A6C9329AC4BC9B5);

    private const int Block = 16;
    private const int Stride = 4 * Block;

    private readonly int _width;
    private readonly ulong _polynomial;
    private readonly ulong[] _table = new ulong[256];
    private readonly Vector128<ulong> _fold128;
    private readonly Vector128<ulong> _fold512;
    private readonly bool _folds;

    private ReflectedCrc(int width, ulong polynomial)
    {
        _width = width;
        _polynomial = polynomial;
        Initial = width == 64 ? ulong.MaxValue : uint.MaxValue;
        for (var i = 0; i < _table.Length; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
            }

            _table[i] = value;
        }

        _fold128 = Vector128.Create(Power(128 + 63) << (64 - width), Power(128 - 1) << (64 - width));
        _fold512 = Vector128.Create(Power(512 + 63) << (64 - width), Power(512 - 1) << (64 - width));
        _folds = CarrylessMultiply.IsSupported && FoldsCorrectly();
    }

    /// <summary>The state before the first byte.</summary>
    public ulong Initial { get; }

    /// <summary>The state after more bytes.</summary>
    public ulong Append(ulong state, ReadOnlySpan<byte> bytes)
    {
        if (_folds && bytes.Length >= 2 * Stride)
        {
            state = Fold(state, ref bytes);
        }

        return AppendByTable(state, bytes);
    }

    /// <summary>The checksum that a state stands for.</summary>
    public ulong Finish(ulong state) => state ^ Initial;

    /// <summary>The checksum of two pieces one after the other, from theirs and the second one's length.</summary>
    public ulong Combine(ulong first, ulong second, long secondLength) => Multiply(first, Power(8 * (ulong)secondLength)) ^ second;

    /// <summary>The checksum's bytes, the most significant first, as S3 writes them.</summary>
    public byte[] ToBytes(ulong checksum)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, checksum);
        return bytes[(8 - (_width / 8))..];
    }

    public ulong AppendByTable(ulong state, ReadOnlySpan<byte> bytes)
    {
        var table = _table;
        foreach (var value in bytes)
        {
            state = table[(byte)(state ^ value)] ^ (state >> 8);
        }

        return state;
    }

    private ulong Fold(ulong state, ref ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var first = Load(ref start, 0) ^ Vector128.CreateScalar(state);
        var second = Load(ref start, Block);
        var third = Load(ref start, 2 * Block);
        var fourth = Load(ref start, 3 * Block);
        var offset = Stride;
        var fold = _fold512;
        for (; offset <= bytes.Length - Stride; offset += Stride)
        {
            first = CarrylessMultiply.Fold(first, fold) ^ Load(ref start, offset);
            second = CarrylessMultiply.Fold(second, fold) ^ Load(ref start, offset + Block);
            third = CarrylessMultiply.Fold(third, fold) ^ Load(ref start, offset + (2 * Block));
            fourth = CarrylessMultiply.Fold(fourth, fold) ^ Load(ref start, offset + (3 * Block));
        }

        fold = _fold128;
        var all = CarrylessMultiply.Fold(first, fold) ^ second;
        all = CarrylessMultiply.Fold(all, fold) ^ third;
        all = CarrylessMultiply.Fold(all, fold) ^ fourth;
        for (; offset <= bytes.Length - Block; offset += Block)
        {
            all = CarrylessMultiply.Fold(all, fold) ^ Load(ref start, offset);
        }

        bytes = bytes[offset..];
        Span<byte> last = stackalloc byte[Block];
        all.AsByte().CopyTo(last);
        return AppendByTable(0, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte start, int offset) => Unsafe.ReadUnaligned<Vector128<ulong>>(ref Unsafe.Add(ref start, offset));

    /// <summary>A wrong instruction path would spoil every file: it is compared with the table once, on a few hundred bytes.</summary>
    private bool FoldsCorrectly()
    {
        Span<byte> sample = stackalloc byte[(5 * Stride) + Block + 3];
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = (byte)((i * 167) + 13);
        }

        ReadOnlySpan<byte> rest = sample;
        var state = Fold(Initial, ref rest);
        return AppendByTable(state, rest) == AppendByTable(Initial, sample);
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
}
