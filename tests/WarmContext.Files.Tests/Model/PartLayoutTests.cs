using WarmContext.Files.Model;

namespace WarmContext.Files.Tests.Model;

public sealed class PartLayoutTests
{
    private const long Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData(8, 8, 1)]
    [InlineData(9, 8, 2)]
    [InlineData(256, 8, 32)]
    [InlineData(700, 11, 64)]
    [InlineData(5 * 1024, 16, 320)]
    public void The_part_size_grows_with_the_file_from_8_to_16_mebibytes(long mebibytes, long part, int count)
    {
        var layout = PartLayout.InRanges(mebibytes * Mebibyte, partSize: null);
        Assert.Equal((part * Mebibyte, count), (layout.PartSize, layout.Count));
    }

    [Fact]
    public void A_file_that_can_not_be_fetched_in_ranges_is_one_part() => Assert.Equal(1, PartLayout.Whole(1000 * Mebibyte).Count);

    [Fact]
    public void An_option_overrules_what_is_derived() => Assert.Equal(16, PartLayout.InRanges(Mebibyte, 64 * 1024).Count);
}
