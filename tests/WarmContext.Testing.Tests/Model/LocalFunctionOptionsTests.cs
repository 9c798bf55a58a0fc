namespace WarmContext.Testing;

public class LocalFunctionOptionsTests
{
    public static TheoryData<string, Action<LocalFunctionOptions>> BadOptions => new()
    {
        {
            "LocalFunctionOptions.Timeout is -00:00:01; it must be more than zero and at most 00:15:00.",
            static options => options.Timeout = TimeSpan.FromSeconds(-1)
        },
        {
            "LocalFunctionOptions.Timeout is 01:00:00; it must be more than zero and at most 00:15:00.",
            static options => options.Timeout = TimeSpan.FromHours(1)
        },
        { "LocalFunctionOptions.InitTimeout is 00:00:00; it must be", static options => options.InitTimeout = TimeSpan.Zero },
        { "LocalFunctionOptions.MemoryMegabytes is 64; it must be between 128 and 10240.", static options => options.MemoryMegabytes = 64 },
        {
            "LocalFunctionOptions.AssemblyDirectory is '/no/such/directory', which is not a directory",
            static options => options.AssemblyDirectory = "/no/such/directory"
        },
        { "LocalFunctionOptions.FunctionName is 'a b'; it must be 1 to 64 letters", static options => options.FunctionName = "a b" },
        { "LocalFunctionOptions.Handler is empty", static options => options.Handler = " " },
        {
            "LocalFunctionOptions.Environment sets 'AWS_LAMBDA_FUNCTION_NAME', which Lambda keeps for itself",
            static options => options.Environment["AWS_LAMBDA_FUNCTION_NAME"] = "x"
        },
        { "LocalFunctionOptions.Environment has '1A'; a name must be", static options => options.Environment["1A"] = "x" },
        { "LocalFunctionOptions.MaxConcurrency is 0; it must be between 1 and 1000.", static options => options.MaxConcurrency = 0 },
        {
            "LocalFunctionOptions.InitializationType is Unknown; it must be OnDemand, ProvisionedConcurrency, "
                + "SnapStart or ManagedInstances.",
            static options => options.InitializationType = InitializationType.Unknown
        },
        {
            "LocalFunctionOptions.ExtensionsDirectory is '/no/such/directory', which is not a directory",
            static options => options.ExtensionsDirectory = "/no/such/directory"
        },
        {
            "LocalFunctionOptions.InitFailure is 9; it must be one of Throw, RetryInInvocation",
            static options => options.InitFailure = (InitFailurePolicy)9
        },
    };

    [Theory]
    [InlineData("_HANDLER")]
    [InlineData("_X_AMZN_TRACE_ID")]
    [InlineData("AWS_DEFAULT_REGION")]
    [InlineData("AWS_REGION")]
    [InlineData("AWS_EXECUTION_ENV")]
    [InlineData("AWS_LAMBDA_FUNCTION_NAME")]
    [InlineData("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")]
    [InlineData("AWS_LAMBDA_FUNCTION_VERSION")]
    [InlineData("AWS_LAMBDA_INITIALIZATION_TYPE")]
    [InlineData("AWS_LAMBDA_LOG_GROUP_NAME")]
    [InlineData("AWS_LAMBDA_LOG_STREAM_NAME")]
    [InlineData("AWS_ACCESS_KEY")]
    [InlineData("AWS_LAMBDA_MAX_CONCURRENCY")]
    [InlineData("AWS_LAMBDA_RUNTIME_API")]
    [InlineData("LAMBDA_TASK_ROOT")]
    [InlineData("LAMBDA_RUNTIME_DIR")]
    public async Task A_variable_that_Lambda_reserves_is_refused(string name)
    {
        var options = TestFunction.Options("Echo::Text");
        options.Environment[name] = "mine";

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => LocalExecutionEnvironment.StartAsync(options));

        Assert.Contains($"sets '{name}', which Lambda keeps for itself", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadOptions))]
    public async Task A_bad_option_is_named_with_its_value_and_what_is_allowed(string message, Action<LocalFunctionOptions> spoil)
    {
        ArgumentNullException.ThrowIfNull(spoil);
        var options = TestFunction.Options("Echo::Text");
        spoil(options);

        var exception = await Assert.ThrowsAnyAsync<ArgumentException>(() => LocalExecutionEnvironment.StartAsync(options));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
