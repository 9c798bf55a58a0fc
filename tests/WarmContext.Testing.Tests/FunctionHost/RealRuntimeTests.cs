namespace WarmContext.Testing;

/// <summary>What the function host does as AWS's own runtime does.</summary>
public sealed class RealRuntimeTests
{
    [Fact]
    public async Task Every_logger_formats_its_messages_and_keeps_their_levels()
    {
        await using var lambda = await TestFunction.StartAsync("Loggers::Log");

        var ofContext = await LogOfAsync(lambda, "context");
        var ofClass = await LogOfAsync(lambda, "class");

        Assert.Equal(
            ["info\tgot 7 of orders", "fail\tlost a.txt", "warn\tplain", "info\tline"],
            ofContext.Where(static line => line.Contains('\t', StringComparison.Ordinal)).Select(AfterRequestId));
        Assert.Contains(ofContext, static line => line.StartsWith("System.IO.IOException: disk full", StringComparison.Ordinal));
        Assert.Equal(
            ["warn\tx 1", "fail\ty 002", "trce\tbare"],
            ofClass.Where(static line => line.Contains('\t', StringComparison.Ordinal)).Select(AfterRequestId));
    }

    [Fact]
    public async Task A_structured_log_has_levels_and_fields_from_the_chosen_level_on()
    {
        var options = TestFunction.Options("Loggers::Log");
        options.Environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON";
        options.Environment["AWS_LAMBDA_LOG_LEVEL"] = "WARN";
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var lines = await LogOfAsync(lambda, "context");

        Assert.Equal(2, lines.Length);
        using var error = System.Text.Json.JsonDocument.Parse(lines[0]);
        Assert.Equal("Error", error.RootElement.GetProperty("level").GetString());
        Assert.Equal("lost a.txt", error.RootElement.GetProperty("message").GetString());
        Assert.Equal("a.txt", error.RootElement.GetProperty("name").GetString());
        Assert.Equal("System.IO.IOException", error.RootElement.GetProperty("errorType").GetString());
        Assert.NotEmpty(error.RootElement.GetProperty("requestId").GetString()!);
    }

    [Fact]
    public async Task A_handler_can_stream_its_response()
    {
        await using var lambda = await TestFunction.StartAsync("Loggers::StreamAsync");

        Assert.Equal("one two", (await lambda.InvokeAsync("\"plain\"")).EnsureSuccess().PayloadText);
        Assert.Equal(
            """{"statusCode":201,"cookies":["a=b"]}""" + new string('\0', 8) + "one two",
            (await lambda.InvokeAsync("\"http\"")).EnsureSuccess().PayloadText);

        var failed = await lambda.InvokeAsync("\"throw\"");
        Assert.Equal(("InvalidOperationException", "halfway"), (failed.Error?.Type, failed.Error?.Message));
        Assert.Equal("one two", (await lambda.InvokeAsync("\"again\"")).EnsureSuccess().PayloadText);
    }

    [Fact]
    public async Task Each_of_several_invocations_at_once_has_its_own_trace_id_and_a_thread_of_the_pool()
    {
        var options = TestFunction.Options("Loggers::TraceAsync");
        options.InitializationType = InitializationType.ManagedInstances;
        options.MaxConcurrency = 8;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => lambda.InvokeAsync("{}")));

        Assert.All(outcomes, static outcome => Assert.Equal("\"own\"", outcome.EnsureSuccess().PayloadText));
    }

    [Fact]
    public async Task The_trace_id_is_the_invocations_where_one_runs_at_a_time()
    {
        await using var lambda = await TestFunction.StartAsync("Loggers::TraceAsync");

        Assert.Equal("\"own\"", (await lambda.InvokeAsync("{}")).EnsureSuccess().PayloadText);
        Assert.Equal("\"own\"", (await lambda.InvokeAsync("{}")).EnsureSuccess().PayloadText);
    }

    [Fact]
    public async Task A_constructor_that_throws_is_reported_as_reflection_throws_it()
    {
        var exception = await Assert.ThrowsAsync<FunctionInitException>(() => TestFunction.StartAsync("ThrowingConstructor::Run"));

        Assert.Contains("TargetInvocationException", exception.Message, StringComparison.Ordinal);
        Assert.Contains(exception.Log, static line => line.Contains("no database", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_returns_no_stream_fails()
    {
        await using var lambda = await TestFunction.StartAsync("Loggers::Null");

        Assert.Equal("NullReferenceException", (await lambda.InvokeAsync("{}")).Error?.Type);
    }

    private static async Task<string[]> LogOfAsync(LocalExecutionEnvironment lambda, string what)
    {
        var outcome = await lambda.InvokeAsync($"\"{what}\"");
        outcome.EnsureSuccess();
        return [.. outcome.Log.Where(static line => line.Length > 0 && !line.StartsWith("warning:", StringComparison.Ordinal))];
    }

    private static string AfterRequestId(string line) => string.Join('\t', line.Split('\t')[2..]);
}
