using System.Text;
using WarmContext.Files.Checksums;

namespace WarmContext.Files.Tests;

public sealed class ReflectedCrcTests
{
    public static TheoryData<string, string> CheckValues => new() { { "Crc32", "CBF43926" }, { "Crc32C", "E3069283" }, { "Crc64Nvme", "AE8B14860A799888" } };

    [Theory]
    [MemberData(nameof(CheckValues))]
    public void The_check_value_of_the_standard_comes_out(string name, string check)
    {
        var crc = Crc(name);
        Assert.Equal(check, Convert.ToHexString(crc.ToBytes(crc.Finish(crc.Append(crc.Initial, Encoding.ASCII.GetBytes("123456789"))))));
    }

    [Theory]
    [MemberData(nameof(CheckValues))]
    public void Folding_gives_what_the_table_gives_at_every_length_and_cut(string name, string check)
    {
        Assert.NotEmpty(check);
        var crc = Crc(name);
        var bytes = CacheFixture.Bytes(2_000);
        for (var length = 0; length <= bytes.Length; length += length < 400 ? 1 : 97)
        {
            var whole = crc.AppendByTable(crc.Initial, bytes.AsSpan(0, length));
            Assert.Equal(whole, crc.Append(crc.Initial, bytes.AsSpan(0, length)));
            var cut = length / 3;
            Assert.Equal(whole, crc.Append(crc.Append(crc.Initial, bytes.AsSpan(0, cut)), bytes.AsSpan(cut, length - cut)));
        }
    }

    [Theory]
    [MemberData(nameof(CheckValues))]
    public void Checksums_of_pieces_combine(string name, string check)
    {
        Assert.NotEmpty(check);
        var crc = Crc(name);
        var bytes = CacheFixture.Bytes(100_000);
        ulong Of(ReadOnlySpan<byte> piece) => crc.Finish(crc.Append(crc.Initial, piece));
        foreach (var cut in new[] { 0, 1, 777, 65_536, 99_999, 100_000 })
        {
            Assert.Equal(Of(bytes), crc.Combine(Of(bytes.AsSpan(0, cut)), Of(bytes.AsSpan(cut)), bytes.Length - cut));
        }
    }

    private static ReflectedCrc Crc(string name) => name switch { "Crc32" => ReflectedCrc.Crc32, "Crc32C" => ReflectedCrc.Crc32C, _ => ReflectedCrc.Crc64Nvme };
}
