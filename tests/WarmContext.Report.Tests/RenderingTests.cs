using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using WarmContext.Report.Catalog;
using WarmContext.Report.Commands;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering;

namespace WarmContext.Report;

public class RenderingTests
{
    private static readonly ResultSet s_results = SyntheticResults.Create();
    private static readonly IReadOnlyDictionary<string, string> s_files = ReportFiles.Render(s_results, new WorthInputs());

    [Fact]
    public void Every_output_is_there() => Assert.Equal(
        [
            "cold-start-dark.svg", "cold-start.svg", "cumulative-dark.svg", "cumulative.svg", "report.html", "report.md",
            "round-trip-dark.svg", "round-trip.svg", "saved-dark.svg", "saved.svg",
        ],
        s_files.Keys);

    [Fact]
    public void Charts_are_well_formed_and_say_in_words_what_they_show()
    {
        foreach (var (name, svg) in s_files.Where(static file => file.Key.EndsWith(".svg", StringComparison.Ordinal)))
        {
            var root = Parse(svg).Root!;
            Assert.Equal("svg", root.Name.LocalName);
            Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
            Assert.DoesNotContain("∞", svg, StringComparison.Ordinal);
            Assert.True(root.Elements().Single(static e => e.Name.LocalName == "desc").Value.Length > 50, name);
            Assert.All(
                root.Descendants().Attributes("y1").Concat(root.Descendants().Attributes("cy")),
                static y => Assert.InRange(double.Parse(y.Value, System.Globalization.CultureInfo.InvariantCulture), 0, 1_000));
        }
    }

    [Fact]
    public void The_page_is_well_formed_and_needs_nothing_else()
    {
        var html = s_files["report.html"];
        var root = Parse(html).Root!;
        Assert.DoesNotContain(root.Descendants(), static e => e.Name.LocalName is "script" or "link" or "iframe" or "img");
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        var ids = root.Descendants().Attributes("id").Select(static id => id.Value).ToArray();
        Assert.Equal(ids.Distinct().Order(), ids.Order());
        Assert.All(
            root.Descendants().Attributes("href").Where(static href => href.Value.StartsWith('#')),
            href => Assert.Contains(href.Value[1..], ids));

        // What scrolls can be reached and named without a mouse.
        Assert.All(
            root.Descendants().Where(static e => e.Attribute("class")?.Value.Split(' ').Contains("wide") == true),
            static e => Assert.True(e.Attribute("tabindex")?.Value == "0" && e.Attribute("aria-label") is not null));
    }

    [Fact]
    public void Markdown_tables_have_as_many_cells_as_columns_and_pictures_that_exist()
    {
        var markdown = s_files["report.md"];
        foreach (Match table in Regex.Matches(markdown, @"(?:^\|.*\n)+", RegexOptions.Multiline))
        {
            var rows = table.Value.TrimEnd('\n').Split('\n').Select(static line => Regex.Count(line, @"(?<!\\)\|")).Distinct();
            Assert.Single(rows);
        }

        Assert.All(
            Regex.Matches(markdown, "(?:src|srcset)=\"([^\"]+)\"").Select(static m => m.Groups[1].Value),
            name => Assert.Contains(name, s_files.Keys));
        Assert.DoesNotMatch(@"Warm<T>", markdown);
    }

    [Fact]
    public void Every_goal_every_question_and_the_header_are_in_every_output()
    {
        foreach (var text in new[] { s_files["report.md"], System.Net.WebUtility.HtmlDecode(s_files["report.html"]) })
        {
            Assert.All(s_results.Goals, goal => Assert.Contains(goal.Text, text, StringComparison.Ordinal));
            Assert.All(s_results.Questions, question => Assert.Contains(question.Hides, text, StringComparison.Ordinal));
            Assert.Contains(s_results.Environment.Commit, text, StringComparison.Ordinal);
            Assert.Contains("failed 20 of 20", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_loss_and_a_nothing_are_said_in_the_same_table()
    {
        var question = new Question
        {
            Id = "q", Practice = Practice.Hold, Title = "q", Hides = "h",
            Rows = Statistics.Rows.Of(
            [
                new("base", "base", RowRole.Baseline) { Samples = [100, 101, 99, 100, 102] },
                new("slow", "slow", RowRole.WarmContext) { Samples = [150, 151, 149, 150, 150] },
                new("same", "same", RowRole.WarmContext) { Samples = [101, 100, 99, 100, 101] },
                new("fast", "fast", RowRole.WarmContext) { Samples = [10, 10, 10, 10, 10] },
            ], paired: false),
        };
        Assert.Equal(
            ["the baseline", "costs 50.0 ns", "saves nothing", "saves 90.0 ns"], question.Rows.Select(row => Verdict.Of(question, row)));
    }

    [Fact]
    public void What_an_interval_leaves_open_is_not_called_nothing()
    {
        var baseline = new Spread(100, 95, 105, 20);
        Assert.Equal("saves nothing", Verdict.Amount(new Estimate(1, -3, 4), baseline, Unit.Nanoseconds));
        Assert.Equal("lost in noise", Verdict.Amount(new Estimate(10, -20, 40), baseline, Unit.Nanoseconds));
        Assert.Equal("saves nothing", Verdict.Amount(new Estimate(0.2, -0.3, 0.4), new Spread(0.3, 0.2, 0.4, 20), Unit.Nanoseconds));
    }

    [Fact]
    public void Money_is_time_times_memory_times_price()
    {
        // 1 ms × 1,000,000 × 0.5 GB × $0.0000166667 per GB-second.
        Assert.Equal(0.00833335, new WorthInputs().Dollars(1e6), 9);
        Assert.Equal(2 * new WorthInputs().Dollars(1e6), new WorthInputs { MemoryMegabytes = 1024 }.Dollars(1e6), 9);
        Assert.Throws<ReportException>(() => new WorthInputs { MemoryMegabytes = 64 }.Validated());
        Assert.Throws<ReportException>(() => new WorthInputs { PricePerGigabyteSecond = 0 }.Validated());
        Assert.Throws<ReportException>(() => new WorthInputs { Invocations = 0 }.Validated());
    }

    [Fact]
    public async Task Render_writes_the_same_again_from_the_file_and_other_prices_on_demand()
    {
        using var folder = new TemporaryFolder();
        ReportFiles.Write(folder.Path, s_results, new WorthInputs());
        var before = Read();
        Assert.Equal(0, await ReportCommand.InvokeAsync(["render", folder.Path]));
        Assert.Equal(before, Read());
        Assert.Equal(0, await ReportCommand.InvokeAsync(["render", folder.Path, "--memory", "2048", "--invocations", "5000"]));
        Assert.Contains("5,000 invocations × 2,048 MB", File.ReadAllText(Path.Combine(folder.Path, "report.md")), StringComparison.Ordinal);
        Assert.Equal(2, await ReportCommand.InvokeAsync(["render", folder.Path, "--memory", "1"]));

        string[] Read() => [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_found_out_before_the_run_and_nothing_is_left_beside_the_files()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "taken");
        Assert.Contains(file, Assert.Throws<ReportException>(() => ReportFiles.Check(file)).Message, StringComparison.Ordinal);

        var directory = Path.Combine(folder.Path, "new", "results");
        ReportFiles.Write(directory, s_results, new WorthInputs());
        Assert.Equal(
            [.. s_files.Keys.Append(ResultFile.Name).Order(StringComparer.Ordinal)],
            Directory.GetFiles(directory).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.4, "0.40 ns")]
    [InlineData(999.4, "999 ns")]
    [InlineData(54_321, "54.3 µs")]
    [InlineData(2_500_000, "2.50 ms")]
    [InlineData(-45e9, "−45.0 s")]
    public void Times_have_three_digits_and_the_unit_that_fits(double nanoseconds, string text) =>
        Assert.Equal(text, Format.Time(nanoseconds));

    [Theory]
    [InlineData(1234.5, "$1,234.50")]
    [InlineData(0.1198, "$0.120")]
    [InlineData(0.00206, "$0.00206")]
    [InlineData(-0.000163, "−$0.00016")]
    [InlineData(0.0000123, "$0.000012")]
    public void Money_is_never_rounded_to_nothing(double dollars, string text) => Assert.Equal(text, Format.Money(dollars));

    [Theory]
    [InlineData(0.001, "0.001 ns")]
    [InlineData(0.01, "0.01 ns")]
    [InlineData(0.1, "0.1 ns")]
    [InlineData(1, "1 ns")]
    [InlineData(100e3, "100 µs")]
    [InlineData(1e9, "1 s")]
    public void Ticks_have_no_digits_that_say_nothing(double nanoseconds, string text) => Assert.Equal(text, Format.Tick(nanoseconds));

    private static XDocument Parse(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
