namespace WarmContext.Testing;

public class ManagedInstancesTests
{
    [Fact]
    public async Task One_process_serves_many_invocations_at_once()
    {
        await using var lambda = await StartAsync("Lifecycle::Rendezvous", 32);

        // Each waits for the 31 others.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => lambda.InvokeAsync("32")));

        Assert.All(outcomes, static outcome => Assert.Equal(32, outcome.ReadPayload<int>()));
        Assert.Equal(1, outcomes.Count(static outcome => outcome.IsColdStart));
        Assert.Equal(1, lambda.ProcessCount);
    }

    [Fact]
    public async Task No_more_run_at_once_than_the_limit()
    {
        await using var lambda = await StartAsync("Lifecycle::Rendezvous", 3);

        // Three there are: each of these waits for the two others.
        Assert.Equal(
            3,
            (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => lambda.InvokeAsync("3"))))
                .Max(static outcome => outcome.ReadPayload<int>()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => lambda.InvokeAsync("-50")));

        Assert.Equal(3, outcomes.Max(static outcome => outcome.ReadPayload<int>()));
    }

    [Fact]
    public async Task A_runtime_that_asks_for_more_than_the_limit_gets_no_more()
    {
        using var function = new ScriptFunction("""
            for i in 1 2 3; do
              ( while :; do
                  event=$(curl -sS -D "$TMPDIR/headers.$i" "$runtime/invocation/next") || exit 1
                  id=$(tr -d '\r' < "$TMPDIR/headers.$i" | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
                  echo "got $event"
                  while [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done
                  curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"
                done ) &
            done
            wait
            """);
        function.Options.InitializationType = InitializationType.ManagedInstances;
        function.Options.MaxConcurrency = 2;
        await using var lambda = await function.StartAsync();

        var invoking = Enumerable.Range(0, 3).Select(i => lambda.InvokeAsync($"{i}")).ToList();
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ReadLog().Count == 2));

        // Nothing says that the third doesn't come; given the time, it would.
        await Task.Delay(300);
        Assert.Equal(["got 0", "got 1"], lambda.ReadLog().Order());
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "go"), string.Empty);
        Assert.Equal(["0", "1", "2"], (await Task.WhenAll(invoking)).Select(static outcome => outcome.EnsureSuccess().PayloadText));
    }

    [Fact]
    public async Task Answers_go_to_their_own_callers()
    {
        await using var lambda = await StartAsync("Echo::StreamAsync", 8);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => lambda.InvokeAsync($"[{i}]")));

        Assert.Equal(Enumerable.Range(0, 200).Select(static i => $"[{i}]"), outcomes.Select(static outcome => outcome.PayloadText));
    }

    [Fact]
    public async Task It_is_never_frozen()
    {
        await using var lambda = await StartAsync("Lifecycle::Ticking", 2);
        await lambda.InvokeAsync();

        await TestFunction.UntilAsync(async () => (await lambda.InvokeAsync()).ReadPayload<long>() > 25);

        Assert.False(lambda.IsFrozen);
        await Assert.ThrowsAsync<InvalidOperationException>(() => lambda.WaitUntilFrozenAsync());
    }

    [Fact]
    public async Task Its_timeout_is_not_enforced()
    {
        var options = Options("Lifecycle::SleepMilliseconds", 2);
        options.Timeout = TimeSpan.FromMilliseconds(100);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        Assert.True((await lambda.InvokeAsync("600")).IsSuccess);
        Assert.Empty(lambda.Resets);
    }

    [Fact]
    public async Task The_function_is_told_what_it_is()
    {
        await using var lambda = await StartAsync("Lifecycle::Variables", 5);

        var variables = (await lambda.InvokeAsync()).ReadPayload<Dictionary<string, string>>()!;

        Assert.Equal("5", variables["AWS_LAMBDA_MAX_CONCURRENCY"]);
        Assert.Equal("lambda-managed-instances", variables["AWS_LAMBDA_INITIALIZATION_TYPE"]);
        Assert.False(variables.ContainsKey("_X_AMZN_TRACE_ID"), "One variable can't hold the trace of several invocations.");
    }

    [Fact]
    public async Task A_crash_fails_all_that_are_under_way_and_one_new_process_serves_those_that_follow()
    {
        await using var lambda = await StartAsync("Lifecycle::ExitOrRendezvous", 4);

        var waiting = Enumerable.Range(0, 3).Select(_ => lambda.InvokeAsync("4")).ToList();
        var outcomes = await Task.WhenAll([.. waiting, lambda.InvokeAsync("-1")]);
        Assert.Contains(outcomes, static outcome => outcome.Error?.Type == "Runtime.ExitError");

        var after = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => lambda.InvokeAsync("4")));
        Assert.All(after, static outcome => outcome.EnsureSuccess());
        Assert.Equal(1 + lambda.Resets.Count, lambda.ProcessCount);
        Assert.Single(lambda.Resets);
    }

    [Fact]
    public async Task A_request_with_a_wrong_id_harms_no_other()
    {
        using var function = new ScriptFunction("""
            next; call -d x "$runtime/invocation/wrong/response"
            call -d 1 "$runtime/invocation/$id/response"
            call -d 1 "$runtime/invocation/$id/response"
            call -H 'Lambda-Extension-Name: a' -d '{"events":["INVOKE"]}' "$extension/register"
            next
            """);
        function.Options.InitializationType = InitializationType.ManagedInstances;
        await using var lambda = await function.StartAsync();

        Assert.Equal("1", (await lambda.InvokeAsync()).EnsureSuccess().PayloadText);
        await TestFunction.UntilAsync(() => Task.FromResult(lambda.ReadLog().Count == 4));

        Assert.Equal(
            [
                """{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"} 400""",
                """{"status":"OK"} 202""",
                """{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"} 400""",
                """{"errorMessage":"INVOKE: ErrorInvalidEventType","errorType":"Extension.InvalidEventType"} 403""",
            ],
            lambda.ReadLog());
    }

    private static LocalFunctionOptions Options(string handler, int maxConcurrency)
    {
        var options = TestFunction.Options(handler);
        options.InitializationType = InitializationType.ManagedInstances;
        options.MaxConcurrency = maxConcurrency;
        return options;
    }

    private static Task<LocalExecutionEnvironment> StartAsync(string handler, int maxConcurrency) =>
        LocalExecutionEnvironment.StartAsync(Options(handler, maxConcurrency));
}
