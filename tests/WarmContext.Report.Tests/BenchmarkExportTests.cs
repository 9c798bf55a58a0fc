using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Running;

namespace WarmContext.Report;

public class BenchmarkExportTests
{
    private const string Export =
        """
        {"Benchmarks":[
         {"Type":"SomeBenchmarks","Method":"Usual","Memory":{"BytesAllocatedPerOperation":64},"Measurements":[
          {"IterationMode":"Workload","IterationStage":"Warmup","Operations":10,"Nanoseconds":99999},
          {"IterationMode":"Overhead","IterationStage":"Actual","Operations":10,"Nanoseconds":5},
          {"IterationMode":"Workload","IterationStage":"Actual","Operations":10,"Nanoseconds":1005},
          {"IterationMode":"Workload","IterationStage":"Result","Operations":10,"Nanoseconds":1000},
          {"IterationMode":"Workload","IterationStage":"Result","Operations":20,"Nanoseconds":2400}]},
         {"Type":"SomeBenchmarks","Method":"Ours","Memory":{"BytesAllocatedPerOperation":0},"Measurements":[
          {"IterationMode":"Workload","IterationStage":"Result","Operations":10,"Nanoseconds":550}]},
         {"Type":"SomeBenchmarks","Method":"Broken","Memory":null,"Measurements":[]}]}
        """;

    [Fact]
    public void Raw_measurements_become_rows()
    {
        using var folder = Folder();
        var question = BenchmarkExport.Read(folder.Path, [Asked("Usual", "Ours")]).Single();
        Assert.Equal([100d, 120d], question.Rows[0].Samples);
        Assert.Equal(
            (64d, RowRole.Baseline, "usual"), (question.Rows[0].AllocatedBytes!.Value, question.Rows[0].Role, question.Rows[0].Label));
        Assert.Equal(0.5, question.Rows[1].Ratio!.Value);
    }

    [Theory]
    [InlineData("Broken")]
    [InlineData("Missing")]
    public void A_benchmark_without_a_result_fails_the_run_and_says_how_to_see_why(string method)
    {
        using var folder = Folder();
        var exception = Assert.Throws<ReportException>(() => BenchmarkExport.Read(folder.Path, [Asked("Usual", method)]));
        Assert.Contains($"--filter '*.SomeBenchmarks.{method}'", exception.Message, StringComparison.Ordinal);
    }

    private static BenchmarkQuestion Asked(string baseline, string other) =>
        new(
            "some", Practice.Hold, "Some.Project", "SomeBenchmarks", "Some", "Nothing.",
            [new(baseline, "usual", RowRole.Baseline), new(other, "ours", RowRole.WarmContext)]);

    private static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "Some.Project.SomeBenchmarks-report-full.json"), Export);
        return folder;
    }
}
