using WarmContext.Architecture.Tests.Style;

namespace WarmContext.Architecture.Tests;

/// <summary>No line is longer than .editorconfig says (max_line_length).</summary>
public class LongLinesTests
{
    [Theory]
    [InlineData("benchmarks")]
    [InlineData("eng")]
    [InlineData("samples")]
    [InlineData("src")]
    [InlineData("tests")]
    public void A_line_has_at_most_140_columns(string folder) => Assert.Empty(LongLines.In(folder));

    [Fact]
    public void A_line_of_141_columns_is_found() => Assert.Equal(
        ["a.cs(2): 141 columns; a line has at most 140."],
        LongLines.Find("a.cs", "class A\n// " + new string('x', 138) + "\n{ }\n// " + new string('x', 137)));

    [Fact]
    public void The_text_of_a_raw_string_is_data_and_the_code_around_it_is_not()
    {
        var wide = new string('x', 150);
        var found = LongLines.Find("a.cs", $"class A {{ string B = \"\"\"\n    {wide}\n    \"\"\"; }}\n// {wide}\n");
        Assert.Equal(["a.cs(4): 153 columns; a line has at most 140."], found);
    }
}
