using WarmContext.Report.Model;
using WarmContext.Report.Rendering;
using WarmContext.TestSupport;

namespace WarmContext.Report;

public class ResultFileTests
{
    private const string WriteThem = "Write them with: dotnet run -c Release --project benchmarks/WarmContext.Report -- readme";

    private static string Results => Path.Combine(RepositoryFiles.Root, "benchmarks", "results");

    [Fact]
    public void What_is_written_is_read_again()
    {
        var results = SyntheticResults.Create();
        var again = ResultFile.Parse(ResultFile.Write(results));
        Assert.Equal(ResultFile.Write(results), ResultFile.Write(again));
        Assert.Equal(results.Goals.Select(static goal => goal.IsMet), again.Goals.Select(static goal => goal.IsMet));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("no json")]
    public void What_is_no_result_set_is_refused_by_name(string text)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, ResultFile.Name);
        File.WriteAllText(file, text);
        Assert.Contains(file, Assert.Throws<ReportException>(() => ResultFile.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_has_the_numbers_of_the_committed_results()
    {
        var readme = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md"));
        Assert.True(
            readme == ReadmeSection.Renew(readme, ResultFile.Load(Results)),
            "README.md's numbers are not those of benchmarks/results/results.json. " + WriteThem);
    }

    [Fact]
    public void The_readme_of_the_local_environment_has_the_numbers_of_the_committed_results()
    {
        var readme = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src", "WarmContext.Testing", "README.md"));
        Assert.True(
            readme == ReadmeSection.RenewTesting(readme, ResultFile.Load(Results)),
            "The numbers of src/WarmContext.Testing/README.md are not those of benchmarks/results/results.json. " + WriteThem);
    }

    [Fact]
    public void The_committed_report_is_rendered_from_the_committed_results()
    {
        foreach (var (name, text) in ReportFiles.Render(ResultFile.Load(Results), new WorthInputs()))
        {
            var file = Path.Combine(Results, name);
            Assert.True(
                File.Exists(file) && File.ReadAllText(file) == text,
                $"benchmarks/results/{name} is not what results.json renders to. "
                    + "Write it with: dotnet run -c Release --project benchmarks/WarmContext.Report -- render");
        }
    }

    [Fact]
    public void A_number_that_was_edited_by_hand_is_noticed()
    {
        var results = ResultFile.Load(Results);
        var readme = ReadmeSection.Renew(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md")), results);
        var edited = readme.Replace(" × |", "1 × |", StringComparison.Ordinal).Replace(" ×** |", "1 ×** |", StringComparison.Ordinal);
        Assert.NotEqual(edited, ReadmeSection.Renew(edited, results));
        Assert.Throws<ReportException>(() => ReadmeSection.Renew("no markers", results));
    }
}
