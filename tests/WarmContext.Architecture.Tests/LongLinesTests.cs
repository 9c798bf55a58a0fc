using WarmContext.Architecture.Tests.Style;

namespace WarmContext.Architecture.Tests;

/// <summary>No line is longer than .editorconfig says (max_line_length).</summary>
public class LongLinesTests
{
    /// <summary>The folders that hold to it. A folder is added when its lines are short, and never taken away.</summary>
    public static TheoryData<string> Folders =>
    [
        "benchmarks/EchoFunction", "benchmarks/Functions", "benchmarks/NaiveOrderFunction.NativeAot",
        "benchmarks/WarmContext.Benchmarks", "benchmarks/WarmContext.Report",
        "eng/LocalServices", "eng/mutation", "eng/Relay",
        "samples/OrderDemo", "samples/OrderDemo.Comparison", "samples/OrderFunction", "samples/OrderFunction.Contracts",
        "samples/OrderFunction.Naive", "samples/OrderFunction.NativeAot",
        "src/Shared", "src/WarmContext", "src/WarmContext.Analyzers", "src/WarmContext.CodeFixes", "src/WarmContext.DependencyInjection",
        "src/WarmContext.Files", "src/WarmContext.Npgsql", "src/WarmContext.S3", "src/WarmContext.Tool",
        "tests/LocalServices.Tests", "tests/OrderFunction.Tests", "tests/TestSupport",
        "tests/WarmContext.Analyzers.Tests", "tests/WarmContext.Architecture.Tests", "tests/WarmContext.Report.Tests",
        "tests/WarmContext.Testing.Tests", "tests/WarmContext.Tests", "tests/WarmContext.Tool.Tests",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
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
