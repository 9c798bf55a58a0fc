using WarmContext.Files.Download;

namespace WarmContext.Files.Tests.Download;

public sealed class DownloadWorkersTests
{
    [Theory]
    [InlineData(128, 2)] // Two by memory; by its twelfth of a vCPU the least, two.
    [InlineData(256, 2)]
    [InlineData(884, 2)]
    [InlineData(1769, 4)]
    [InlineData(3538, 8)]
    [InlineData(10_240, 16)] // Six vCPUs would buy 24, more than the most.
    public void Parts_at_once_follow_the_vcpus_and_memory_of_the_function(int megabytes, int workers) =>
        Assert.Equal(workers, DownloadWorkers.Count(1000, Options(megabytes)));

    [Fact]
    public void There_are_no_more_workers_than_parts() => Assert.Equal(3, DownloadWorkers.Count(3, Options(10_240)));

    [Fact]
    public void An_option_overrules_what_is_derived()
    {
        var options = Options(128);
        options.Parallelism = 30;
        Assert.Equal(16, DownloadWorkers.Count(16, options));
        Assert.Equal(30, DownloadWorkers.Count(100, options));
    }

    private static FileCacheOptions Options(int megabytes) => new()
    {
        Environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "f", ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = $"{megabytes}" }),
    };
}
