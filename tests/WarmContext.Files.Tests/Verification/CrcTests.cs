using System.Text;
using WarmContext.Files.Tests.Support;
using WarmContext.Files.Verification;

namespace WarmContext.Files.Tests.Verification;

public sealed class CrcTests
{
    public static TheoryData<FileChecksumAlgorithm, string> CheckValues => new()
    {
        { FileChecksumAlgorithm.Crc32, "CBF43926" }, { FileChecksumAlgorithm.Crc32C, "E3069283" },
        { FileChecksumAlgorithm.Crc64Nvme, "AE8B14860A799888" },
    };

    public static TheoryData<FileChecksumAlgorithm> Algorithms =>
        [FileChecksumAlgorithm.Crc32, FileChecksumAlgorithm.Crc32C, FileChecksumAlgorithm.Crc64Nvme];

    [Theory]
    [MemberData(nameof(CheckValues))]
    public void The_check_value_of_the_standard_comes_out(FileChecksumAlgorithm algorithm, string check)
    {
        var crc = Of(algorithm);
        Assert.Equal($"{algorithm}:{check}", crc.ToChecksum(Compute(crc, Encoding.ASCII.GetBytes("123456789"))).ToString());
        Assert.Equal(check, Convert.ToHexString(ReferenceCrc.Compute(algorithm, Encoding.ASCII.GetBytes("123456789"))));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Every_length_and_cut_gives_what_the_bits_give_one_by_one(FileChecksumAlgorithm algorithm)
    {
        var crc = Of(algorithm);
        var bytes = CacheFixture.Bytes(2_000);
        for (var length = 0; length <= bytes.Length; length += length < 400 ? 1 : 97)
        {
            var whole = ReferenceCrc.Compute(algorithm, bytes.AsSpan(0, length));
            Assert.Equal(whole, crc.ToChecksum(Compute(crc, bytes.AsSpan(0, length))).Value.ToArray());
            var cut = length / 3;
            var computation = crc.Create();
            computation.Append(bytes.AsSpan(0, cut));
            computation.Append(bytes.AsSpan(cut, length - cut));
            Assert.Equal(whole, crc.ToChecksum(Crc.Current(computation)).Value.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Checksums_of_pieces_combine(FileChecksumAlgorithm algorithm)
    {
        var crc = Of(algorithm);
        var bytes = CacheFixture.Bytes(100_000);
        foreach (var cut in new[] { 0, 1, 777, 65_536, 99_999, 100_000 })
        {
            Assert.Equal(
                Compute(crc, bytes), crc.Combine(Compute(crc, bytes.AsSpan(0, cut)), Compute(crc, bytes.AsSpan(cut)), bytes.Length - cut));
        }
    }

    private static ulong Compute(Crc crc, ReadOnlySpan<byte> bytes)
    {
        var computation = crc.Create();
        computation.Append(bytes);
        return Crc.Current(computation);
    }

    private static Crc Of(FileChecksumAlgorithm algorithm) => Crc.All.Single(crc => crc.Algorithm == algorithm);
}
