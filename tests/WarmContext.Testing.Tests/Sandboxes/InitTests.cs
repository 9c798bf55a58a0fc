using System.Globalization;

namespace WarmContext.Testing;

public class InitTests
{
    [Fact]
    public async Task Constructors_run_in_Init_before_the_first_invocation()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Count");

        Assert.Equal(
            ["static constructor", "constructor"],
            lambda.ReadLog().Where(static line => line.Contains("constructor", StringComparison.Ordinal)));
        Assert.DoesNotContain((await lambda.InvokeAsync()).Log, static line => line.Contains("constructor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_constructor_that_throws_is_thrown_at_the_test_with_what_it_wrote()
    {
        var exception = await Assert.ThrowsAsync<FunctionInitException>(() => TestFunction.StartAsync("ThrowingConstructor::Run"));

        Assert.Equal(FunctionErrorKind.Reported, exception.Error.Kind);
        Assert.Equal("TargetInvocationException", exception.Error.Type);
        Assert.Contains(exception.Log, static line => line.Contains("no database", StringComparison.Ordinal));
        Assert.NotEmpty(exception.Error.StackTrace);
        Assert.Contains("about to fail", exception.Log);
        Assert.Contains("about to fail", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_ends_in_Init_is_thrown_at_the_test()
    {
        var exception = await Assert.ThrowsAsync<FunctionInitException>(() => TestFunction.StartAsync("ExitingConstructor::Run"));

        Assert.Equal(FunctionErrorKind.ProcessExited, exception.Error.Kind);
        Assert.Equal("Runtime exited with error: exit status 7", exception.Error.Message);
    }

    [Fact]
    public async Task An_Init_past_its_limit_is_killed()
    {
        var options = Slow(milliseconds: 60_000);

        var exception = await Assert.ThrowsAsync<FunctionInitException>(() => LocalExecutionEnvironment.StartAsync(options));

        Assert.Equal(FunctionErrorKind.TimedOut, exception.Error.Kind);
        Assert.Equal("Init timed out after 1.50 seconds", exception.Error.Message);
    }

    [Fact]
    public async Task As_on_Lambda_an_Init_past_its_limit_is_run_again_in_the_first_invocation()
    {
        var options = Slow(milliseconds: 1_600);
        options.InitFailure = InitFailurePolicy.RetryInInvocation;
        options.Timeout = TimeSpan.FromSeconds(60);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        Assert.Null(lambda.InitDuration);

        var outcome = await lambda.InvokeAsync("\"x\"");

        Assert.Equal("\"x\"", outcome.EnsureSuccess().PayloadText);
        Assert.True(outcome.IsColdStart);
        Assert.True(outcome.Duration > TimeSpan.FromMilliseconds(1_600), "The time of Init counts to the invocation.");
        Assert.True(outcome.InitDuration > TimeSpan.FromMilliseconds(1_600));
        Assert.Equal(2, lambda.ProcessCount);
        Assert.False((await lambda.InvokeAsync("\"x\"")).IsColdStart);
    }

    [Fact]
    public async Task As_on_Lambda_a_failed_Init_that_succeeds_in_the_first_invocation_harms_nobody()
    {
        var options = TestFunction.Options("FailsOnce::Run");
        options.InitFailure = InitFailurePolicy.RetryInInvocation;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        Assert.True((await lambda.InvokeAsync("\"x\"")).IsSuccess);
        Assert.Equal(2, lambda.ProcessCount);
    }

    [Fact]
    public async Task As_on_Lambda_an_Init_that_fails_again_fails_the_invocation()
    {
        var options = TestFunction.Options("ThrowingConstructor::Run");
        options.InitFailure = InitFailurePolicy.RetryInInvocation;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var outcome = await lambda.InvokeAsync();

        Assert.Equal("TargetInvocationException", outcome.Error!.Type);
        Assert.Contains("\"errorMessage\":\"no database\"", outcome.PayloadText, StringComparison.Ordinal);
        Assert.Contains("about to fail", outcome.Log);
        Assert.Equal("TargetInvocationException", (await lambda.InvokeAsync()).Error!.Type);
    }

    [Fact]
    public async Task Init_in_an_invocation_is_bounded_by_the_invocations_timeout()
    {
        var options = Slow(milliseconds: 60_000);
        options.InitFailure = InitFailurePolicy.RetryInInvocation;
        options.InitTimeout = TimeSpan.FromMilliseconds(200);
        options.Timeout = TimeSpan.FromMilliseconds(700);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var outcome = await lambda.InvokeAsync();

        Assert.True(outcome.IsTimedOut);
        Assert.Equal("Task timed out after 0.70 seconds", outcome.Error!.Message);
    }

    [Fact]
    public async Task What_an_Init_in_an_invocation_takes_is_gone_from_the_functions_remaining_time()
    {
        using var function = new ScriptFunction("""
            [ -e "$TMPDIR/again" ] || { : > "$TMPDIR/again"; exit 1; }
            sleep 1; next
            deadline=$(tr -d '\r' < "$TMPDIR/headers.$$" | sed -n 's/^Lambda-Runtime-Deadline-Ms: //p')
            curl -sS -o /dev/null -d "$((deadline - $(date +%s%3N)))" "$runtime/invocation/$id/response"; next
            """);
        function.Options.InitFailure = InitFailurePolicy.RetryInInvocation;
        function.Options.Timeout = TimeSpan.FromSeconds(60);
        await using var lambda = await function.StartAsync();

        Assert.InRange((await lambda.InvokeAsync()).ReadPayload<int>(), 1, 59_000);
    }

    [Theory]
    [InlineData(InitializationType.OnDemand, 10)]
    [InlineData(InitializationType.ProvisionedConcurrency, 130)]
    [InlineData(InitializationType.SnapStart, 130)]
    [InlineData(InitializationType.ManagedInstances, 130)]
    public void Init_has_Lambdas_limit_unless_told_otherwise(InitializationType type, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds), new LocalFunctionOptions { Handler = "A::B::C", InitializationType = type }.InitTimeout);

    private static LocalFunctionOptions Slow(int milliseconds)
    {
        var options = TestFunction.Options("SlowConstructor::Run");
        options.InitTimeout = TimeSpan.FromSeconds(1.5);
        options.Environment["INIT_MILLISECONDS"] = milliseconds.ToString(CultureInfo.InvariantCulture);
        return options;
    }
}
