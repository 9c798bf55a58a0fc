using WarmContext.Testing.Processes;

namespace WarmContext.Testing;

public class EnvironmentTests
{
    [Fact]
    public async Task The_variables_are_those_of_Lambda_and_the_functions_own_and_no_others()
    {
        var options = TestFunction.Options("Lifecycle::Variables");
        options.Environment["TABLE"] = "orders";
        options.Environment["AWS_ACCESS_KEY_ID"] = "mine";
        options.InitializationType = InitializationType.ProvisionedConcurrency;
        options.Region = "eu-north-1";
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var variables = (await lambda.InvokeAsync()).ReadPayload<Dictionary<string, string>>()!;

        Assert.Equal("orders", variables["TABLE"]);
        Assert.Equal("mine", variables["AWS_ACCESS_KEY_ID"]);
        Assert.Equal("TestFunctions::TestFunctions.Lifecycle::Variables", variables["_HANDLER"]);
        Assert.Equal("eu-north-1", variables["AWS_REGION"]);
        Assert.Equal("eu-north-1", variables["AWS_DEFAULT_REGION"]);
        Assert.Equal("local-function", variables["AWS_LAMBDA_FUNCTION_NAME"]);
        Assert.Equal("512", variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]);
        Assert.Equal("$LATEST", variables["AWS_LAMBDA_FUNCTION_VERSION"]);
        Assert.Equal("provisioned-concurrency", variables["AWS_LAMBDA_INITIALIZATION_TYPE"]);
        Assert.Equal("/aws/lambda/local-function", variables["AWS_LAMBDA_LOG_GROUP_NAME"]);
        Assert.Equal("AWS_Lambda_dotnet10", variables["AWS_EXECUTION_ENV"]);
        Assert.Equal(Path.TrimEndingDirectorySeparator(options.AssemblyDirectory), variables["LAMBDA_TASK_ROOT"]);
        Assert.StartsWith("127.0.0.1:", variables["AWS_LAMBDA_RUNTIME_API"], StringComparison.Ordinal);
        Assert.Equal(lambda.TemporaryDirectory, variables["TMPDIR"]);
        string[] known =
        [
            "TABLE", "PATH", "LANG", "TZ", "DOTNET_ROOT", "PWD", "TMPDIR", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "_HANDLER",
            "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_XRAY_CONTEXT_MISSING",
            "AWS_XRAY_DAEMON_ADDRESS", "AWS_EXECUTION_ENV", "AWS_REGION", "AWS_DEFAULT_REGION",
        ];
        Assert.DoesNotContain(variables.Keys.Except(known), static name => !name.StartsWith("AWS_LAMBDA_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_snapshot_does_not_know_its_log()
    {
        var options = TestFunction.Options("Lifecycle::Variables");
        options.InitializationType = InitializationType.SnapStart;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var variables = (await lambda.InvokeAsync()).ReadPayload<Dictionary<string, string>>()!;

        Assert.Equal("snap-start", variables["AWS_LAMBDA_INITIALIZATION_TYPE"]);
        Assert.DoesNotContain("AWS_LAMBDA_LOG_GROUP_NAME", variables.Keys);
        Assert.DoesNotContain("AWS_LAMBDA_LOG_STREAM_NAME", variables.Keys);
    }

    [Fact]
    public async Task The_function_starts_in_its_own_directory()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Directory");

        Assert.Equal(
            Path.TrimEndingDirectorySeparator(TestFunction.DirectoryOf("TestFunctions")),
            (await lambda.InvokeAsync()).ReadPayload<string>());
    }

    [Fact]
    public async Task What_is_written_in_an_invocation_is_in_its_log_in_order()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Log");

        var first = await lambda.InvokeAsync("\"one\"");
        var second = await lambda.InvokeAsync("\"two\"");

        Assert.Equal(["out one", "error one"], first.Log.Take(2));
        Assert.Matches($@"^\d{{4}}-.*Z\t{first.RequestId}\tinfo\tline one$", first.Log[2]);
        Assert.Matches($@"^\d{{4}}-.*Z\t{first.RequestId}\twarn\twarning one$", first.Log[3]);
        Assert.Equal(4, first.Log.Count);
        Assert.Equal("out two", second.Log[0]);
        Assert.Contains("out one", lambda.ReadLog());
    }

    [Fact]
    public async Task Environments_side_by_side_share_nothing()
    {
        var environments = await Task.WhenAll(Enumerable.Range(0, 4).Select(static i =>
        {
            var options = TestFunction.Options("Lifecycle::WriteFile");
            options.FunctionName = "side-by-side-" + (char)('a' + i);
            return LocalExecutionEnvironment.StartAsync(options);
        }));
        try
        {
            var outcomes = await Task.WhenAll(
                environments.SelectMany(
                    static environment => new[] { environment.InvokeAsync("\"file\""), environment.InvokeAsync("\"file\"") }));

            Assert.Equal(4, outcomes.Count(static outcome => outcome.ReadPayload<string>() == "new"));
            Assert.Equal(4, outcomes.Count(static outcome => outcome.ReadPayload<string>() == "existed"));
            Assert.Equal(4, environments.Select(static environment => environment.ProcessId).Distinct().Count());

            // What each function is told in variables, this process isn't.
            Assert.Null(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME"));
        }
        finally
        {
            foreach (var environment in environments)
            {
                await environment.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Concurrent_calls_of_one_environment_run_one_after_the_other()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Count");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => lambda.InvokeAsync()));

        var counts = outcomes.Select(
            static outcome => int.Parse(outcome.ReadPayload<string>()!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 20), counts.Order());
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_the_function_running()
    {
        using var function = new ScriptFunction("""
            while :; do
              next
              while [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done
              echo "answered $event"; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"
            done
            """);
        await using var lambda = await function.StartAsync();
        using var impatient = new CancellationTokenSource();

        var given = lambda.InvokeAsync("1", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "go"), string.Empty);

        Assert.Equal("2", (await lambda.InvokeAsync("2")).EnsureSuccess().PayloadText);
        Assert.Equal(["answered 1", "answered 2"], lambda.ReadLog());
        Assert.Equal(1, lambda.ProcessCount);
    }

    [Theory]
    [InlineData(FreezeMechanism.Best, ResourceLimits.All)]
    [InlineData(FreezeMechanism.Signals, ResourceLimits.None)]
    public async Task Disposing_kills_the_frozen_function_its_children_and_those_that_left_its_group(
        FreezeMechanism mechanism, ResourceLimits limits)
    {
        var options = TestFunction.Options("Lifecycle::Child");
        options.FreezeMechanism = mechanism;
        options.ResourceLimits = limits;
        var lambda = await LocalExecutionEnvironment.StartAsync(options);
        var process = lambda.ProcessId!.Value;
        var child = (await lambda.InvokeJsonAsync("while :; do sleep 0.01; done")).ReadPayload<int>();
        var deserter = (await lambda.InvokeJsonAsync("exec setsid sleep 1000")).ReadPayload<int>();
        await lambda.WaitUntilFrozenAsync();
        var directory = lambda.TemporaryDirectory;

        await lambda.DisposeAsync();

        await TestFunction.UntilGoneAsync(process);
        await TestFunction.UntilGoneAsync(child);
        await TestFunction.UntilGoneAsync(deserter);
        Assert.False(Directory.Exists(directory));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lambda.InvokeAsync());
        await lambda.DisposeAsync();
    }

    [Fact]
    public async Task Disposing_ends_invocations_under_way()
    {
        var lambda = await TestFunction.StartAsync("Lifecycle::Hang");
        var running = lambda.InvokeAsync();
        var waiting = lambda.InvokeAsync();

        await lambda.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    [Fact]
    public async Task A_cancelled_start_leaves_nothing_behind()
    {
        var options = TestFunction.Options("SlowConstructor::Run");
        options.Environment["INIT_MILLISECONDS"] = "60000";
        options.Environment["START_MARKER"] = Guid.NewGuid().ToString();
        var marker = "START_MARKER=" + options.Environment["START_MARKER"];
        using var cancellation = new CancellationTokenSource();

        var starting = LocalExecutionEnvironment.StartAsync(options, cancellation.Token);
        await TestFunction.UntilAsync(() => Task.FromResult(ProcessTable.WithEnvironment(marker).Count > 0));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);

        Assert.Empty(ProcessTable.WithEnvironment(marker));
    }
}
