namespace WarmContext.Testing;

/// <summary>A failed test has what the function wrote in its message.</summary>
public class FailureLogTests
{
    [Theory]
    [InlineData(
        """call -d '{"errorMessage":"sold out","errorType":"NoStock"}' "$runtime/invocation/$id/error" >/dev/null""", "NoStock: sold out")]
    [InlineData("kill -9 $$", "Runtime.ExitError: Runtime exited with error: signal: killed")]
    [InlineData("sleep 1000", "Sandbox.Timedout: Task timed out after ")]
    public async Task The_message_has_the_error_and_what_the_function_wrote_in_that_invocation(string failure, string error)
    {
        using var function = new ScriptFunction($"""
            echo before; next; curl -sS -o /dev/null -d 1 "$runtime/invocation/$id/response"
            next; echo "looked for $event"; echo "found none" >&2; {failure}
            next
            """);
        function.Options.Timeout = await TestFunction.AmpleTimeoutAsync();
        await using var lambda = await function.StartAsync();
        (await lambda.InvokeAsync()).EnsureSuccess();

        var outcome = await lambda.InvokeAsync("17");
        var exception = Assert.Throws<FunctionInvocationException>(outcome.EnsureSuccess);

        Assert.Same(outcome, exception.Outcome);
        Assert.StartsWith($"Invocation {outcome.RequestId} failed. {error}", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            $"--- The function wrote:{Environment.NewLine}looked for 17{Environment.NewLine}found none",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Equal(exception.Message, Assert.Throws<FunctionInvocationException>(() => outcome.ReadPayload<int>()).Message);
    }

    [Fact]
    public async Task Of_a_long_log_the_message_has_the_end()
    {
        using var function = new ScriptFunction("""
            next; i=1; while [ $i -le 50 ]; do echo "line $i"; i=$((i+1)); done
            curl -sS -o /dev/null -d '{"errorMessage":"x"}' "$runtime/invocation/$id/error"; next
            """);
        await using var lambda = await function.StartAsync();

        var message = Assert.Throws<FunctionInvocationException>((await lambda.InvokeAsync()).EnsureSuccess).Message;

        Assert.Contains(
            $"--- The function wrote, 10 lines earlier left out:{Environment.NewLine}line 11{Environment.NewLine}",
            message,
            StringComparison.Ordinal);
        Assert.EndsWith("line 50", message, StringComparison.Ordinal);
    }
}
