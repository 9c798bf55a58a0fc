using System.Text;

namespace WarmContext.Testing;

/// <summary>Functions that do what they must not. What they do to an environment ends with it.</summary>
public class MisbehaviourTests
{
    [Fact]
    public async Task One_that_never_asks_for_an_invocation_fails_Init_at_its_limit()
    {
        using var function = new ScriptFunction("sleep 1000");
        function.Options.InitTimeout = TimeSpan.FromMilliseconds(500);

        var exception = await Assert.ThrowsAsync<FunctionInitException>(function.StartAsync);

        Assert.Equal(FunctionErrorKind.TimedOut, exception.Error.Kind);
    }

    [Fact]
    public async Task One_that_answers_twice_or_with_a_wrong_id_is_refused_and_its_first_answer_counts()
    {
        using var function = new ScriptFunction("""
            while :; do
              next
              call -d '"wrong"' "$runtime/invocation/00000000-0000-0000-0000-000000000000/response"
              call -d '"first"' "$runtime/invocation/$id/response"
              call -d '"second"' "$runtime/invocation/$id/response"
            done
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal("\"first\"", (await lambda.InvokeAsync()).PayloadText);
        await lambda.WaitUntilFrozenAsync();
        Assert.Equal("\"first\"", (await lambda.InvokeAsync()).PayloadText);

        Assert.Contains("InvalidRequestID", lambda.ReadLog()[0], StringComparison.Ordinal);
        Assert.Contains("202", lambda.ReadLog()[1], StringComparison.Ordinal);
        Assert.Contains("403", lambda.ReadLog()[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_that_is_not_json_is_handed_over_as_it_is_and_one_of_7_MiB_is_refused()
    {
        using var function = new ScriptFunction("""
            next; curl -sS -o /dev/null -d '{"half":' "$runtime/invocation/$id/response"
            next; head -c 7340032 /dev/zero | curl -sS -o /dev/null --data-binary @- "$runtime/invocation/$id/response"
            next; curl -sS -o /dev/null -d 1 "$runtime/invocation/$id/response"
            next
            """);
        await using var lambda = await function.StartAsync();

        Assert.Equal("{\"half\":", (await lambda.InvokeAsync()).EnsureSuccess().PayloadText);
        Assert.Equal("Function.ResponseSizeTooLarge", (await lambda.InvokeAsync()).Error!.Type);
        Assert.True((await lambda.InvokeAsync()).IsSuccess);
        Assert.Equal(1, lambda.ProcessCount);
    }

    [Fact]
    public async Task A_streamed_response_is_passed_on_as_it_comes()
    {
        using var function = new ScriptFunction("""
            next
            ( printf one; while [ ! -e "$TMPDIR/go" ]; do sleep 0.02; done; printf two ) |
              curl -sS -o /dev/null -N -T - -X POST -H 'Expect:' -H 'Lambda-Runtime-Function-Response-Mode: streaming' "$runtime/invocation/$id/response"
            next
            """);
        await using var lambda = await function.StartAsync();
        var pieces = new StringBuilder();
        var first = new TaskCompletionSource();

        var invoking = lambda.InvokeAsync(new LocalInvocation
        {
            ResponseReceived = piece =>
            {
                pieces.Append(Encoding.UTF8.GetString(piece.Span));
                first.TrySetResult();
                return ValueTask.CompletedTask;
            },
        });
        await first.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // The function goes on only when what it has sent so far has come.
        Assert.Equal("one", pieces.ToString());
        Assert.False(invoking.IsCompleted);
        await File.WriteAllTextAsync(Path.Combine(lambda.TemporaryDirectory, "go"), string.Empty);

        Assert.Equal("onetwo", (await invoking).EnsureSuccess().PayloadText);
        Assert.Equal("onetwo", pieces.ToString());
    }

    [Fact]
    public async Task A_receiver_of_a_streamed_response_that_throws_is_heard_of_by_its_caller_alone()
    {
        using var function = new ScriptFunction("""
            while :; do
              next; call -H 'Lambda-Runtime-Function-Response-Mode: streaming' -d "$event" "$runtime/invocation/$id/response"
            done
            """);
        await using var lambda = await function.StartAsync();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => lambda.InvokeAsync(
                new LocalInvocation { ResponseReceived = static _ => throw new InvalidOperationException("no room") }));

        Assert.Equal("no room", exception.Message);
        Assert.Equal("2", (await lambda.InvokeAsync("2")).EnsureSuccess().PayloadText);
        await lambda.WaitUntilFrozenAsync();
        Assert.Equal(["""{"status":"OK"} 202""", """{"status":"OK"} 202"""], lambda.ReadLog());
    }

    [Fact]
    public async Task A_thousand_files_and_a_fork_in_every_invocation_leave_nothing_behind()
    {
        using var function = new ScriptFunction("""
            while :; do
              next
              ( setsid sh -c 'while :; do sleep 0.05; done' ) &
              i=0; while [ $i -lt 200 ]; do : > "$TMPDIR/$id-$i"; i=$((i+1)); done
              curl -sS -o /dev/null -d 1 "$runtime/invocation/$id/response"
            done
            """);
        function.Options.Environment["MARKER"] = Guid.NewGuid().ToString();
        var lambda = await function.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await lambda.InvokeAsync()).IsSuccess);
        }

        Assert.NotEmpty(Processes.ProcessTable.WithEnvironment("MARKER=" + function.Options.Environment["MARKER"]));
        await lambda.DisposeAsync();

        await TestFunction.UntilAsync(
            () => Task.FromResult(Processes.ProcessTable.WithEnvironment("MARKER=" + function.Options.Environment["MARKER"]).Count == 0));
        Assert.False(Directory.Exists(lambda.TemporaryDirectory));
    }
}
