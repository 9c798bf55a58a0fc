using WarmContext.Files.Download;

namespace WarmContext.Files.Tests.Download;

public sealed class DownloadPlanTests
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
        var layout = Plan(1769).Layout(mebibytes * Mebibyte, inRanges: true);
        Assert.Equal((part * Mebibyte, count), (layout.PartSize, layout.Count));
    }

    [Fact]
    public void A_file_that_can_not_be_fetched_in_ranges_is_one_part() => Assert.Equal(1, Plan(1769).Layout(1000 * Mebibyte, inRanges: false).Count);

    [Theory]
    [InlineData(128, 2)] // Two by memory; by its twelfth of a vCPU the least, two.
    [InlineData(256, 2)]
    [InlineData(884, 2)]
    [InlineData(1769, 4)]
    [InlineData(3538, 8)]
    [InlineData(10_240, 16)] // Six vCPUs would buy 24, more than the most.
    public void Parts_at_once_follow_the_vcpus_and_memory_of_the_function(int megabytes, int workers) => Assert.Equal(workers, Plan(megabytes).Workers(1000));

    [Fact]
    public void There_are_no_more_workers_than_parts() => Assert.Equal(3, Plan(10_240).Workers(3));

    [Fact]
    public void Options_overrule_what_is_derived()
    {
        var plan = Plan(128, static options => (options.PartSize, options.Parallelism) = (64 * 1024, 30));
        Assert.Equal((16, 16), (plan.Layout(Mebibyte, inRanges: true).Count, plan.Workers(16)));
        Assert.Equal(30, plan.Workers(100));
    }

    private static DownloadPlan Plan(int megabytes, Action<FileCacheOptions>? configure = null)
    {
        var options = new FileCacheOptions
        {
            Environment = ExecutionEnvironment.Create(new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "f", ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = $"{megabytes}" }),
        };
        configure?.Invoke(options);
        return new DownloadPlan(options);
    }
}
