using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

public sealed class ExecutionEnvironmentTests
{
    [Fact]
    public void On_lambda_the_facts_come_from_the_variables()
    {
        var environment = TestEnvironments.Create(
            null,
            ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "7"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3538"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_REGION", "eu-central-1"));

        Assert.True(environment.IsLambda);
        Assert.Equal("orders", environment.FunctionName);
        Assert.Equal("7", environment.FunctionVersion);
        Assert.Equal("eu-central-1", environment.Region);
        Assert.Equal(3538, environment.MemoryMegabytes);
        Assert.Equal(2, environment.VirtualCpus);
        Assert.Equal(InitializationType.OnDemand, environment.InitializationType);
        Assert.Equal(1, environment.MaxConcurrency);
        Assert.Equal("/tmp", environment.TemporaryDirectory);
        Assert.Empty(environment.Warnings);
    }

    [Fact]
    public void Outside_lambda_everything_has_a_sensible_value()
    {
        var environment = TestEnvironments.Create();

        Assert.False(environment.IsLambda);
        Assert.Null(environment.FunctionName);
        Assert.Null(environment.MemoryMegabytes);
        Assert.Equal(Environment.ProcessorCount, environment.VirtualCpus);
        Assert.Equal(InitializationType.Unknown, environment.InitializationType);
        Assert.Equal(Environment.ProcessorCount * 32, environment.MaxConcurrency);
        Assert.Equal(Path.GetTempPath(), environment.TemporaryDirectory);
        Assert.Empty(environment.Warnings);
    }

    [Theory]
    [InlineData("128", 128 / 1769.0)]
    [InlineData("1769", 1)]
    [InlineData("10240", 10240 / 1769.0)]
    [InlineData("32768", 6)]
    public void Memory_buys_one_vcpu_per_1769_megabytes_and_six_at_most(string memory, double cpus) =>
        Assert.Equal(cpus, TestEnvironments.OnLambda(null, ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)).VirtualCpus, 3);

    [Theory]
    [InlineData("on-demand", InitializationType.OnDemand)]
    [InlineData("provisioned-concurrency", InitializationType.ProvisionedConcurrency)]
    [InlineData("snap-start", InitializationType.SnapStart)]
    [InlineData("lambda-managed-instances", InitializationType.ManagedInstances)]
    public void Every_documented_initialization_type_is_known(string value, InitializationType expected) =>
        Assert.Equal(expected, TestEnvironments.OnLambda(null, ("AWS_LAMBDA_INITIALIZATION_TYPE", value)).InitializationType);

    [Fact]
    public void Managed_instances_tell_their_concurrency()
    {
        var told = TestEnvironments.OnLambda(
            null, ("AWS_LAMBDA_INITIALIZATION_TYPE", "lambda-managed-instances"), ("AWS_LAMBDA_MAX_CONCURRENCY", "48"));
        var untold = TestEnvironments.OnLambda(
            null, ("AWS_LAMBDA_INITIALIZATION_TYPE", "lambda-managed-instances"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3538"));

        Assert.Equal(48, told.MaxConcurrency);
        Assert.Equal(64, untold.MaxConcurrency);
    }

    [Theory]
    [InlineData("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "lots")]
    [InlineData("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "-128")]
    [InlineData("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "99999999999999999999")]
    [InlineData("AWS_LAMBDA_MAX_CONCURRENCY", "0")]
    [InlineData("AWS_LAMBDA_INITIALIZATION_TYPE", "teleported")]
    public void A_nonsensical_variable_is_a_warning_with_its_name_and_value_and_never_a_crash(string name, string value)
    {
        var environment = TestEnvironments.OnLambda(null, (name, value));

        var warning = Assert.Single(environment.Warnings);
        Assert.Contains(name, warning, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", warning, StringComparison.Ordinal);
        Assert.True(environment.MaxConcurrency > 0 && environment.VirtualCpus > 0);
    }

    [Fact]
    public async Task What_is_wrong_with_the_variables_is_logged_once_and_the_handler_runs()
    {
        using var log = new LogCapture();
        var nonsense = "nonsense " + Guid.NewGuid();
        var environment = TestEnvironments.OnLambda(null, ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", nonsense),
            ("AWS_LAMBDA_MAX_CONCURRENCY", nonsense), ("AWS_LAMBDA_INITIALIZATION_TYPE", nonsense), ("AWS_REGION", " "));
        var runner = new InvocationRunner(new InvocationOptions { Environment = environment });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await runner.RunAsync(new InvocationInfo { RequestId = "r" }, 0, static (_, _) => Task.FromResult(true)));
        }

        Assert.Equal(
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_MAX_CONCURRENCY"],
            log.Entries.Where(entry => entry.EventName == "EnvironmentVariable"
                && entry.Message.Contains(nonsense, StringComparison.Ordinal)).Select(static entry => entry.Message.Split(' ')[0]).Order());
    }

    [Fact]
    public void The_temporary_directory_can_be_moved() =>
        Assert.Equal("/mnt/scratch", TestEnvironments.OnLambda(null, ("TMPDIR", "/mnt/scratch")).TemporaryDirectory);

    [Fact]
    public void The_process_has_one_environment() => Assert.Same(ExecutionEnvironment.Current, ExecutionEnvironment.Current);
}
