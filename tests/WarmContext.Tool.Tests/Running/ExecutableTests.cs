namespace WarmContext.Tool;

/// <summary>Functions that are programs of their own, in .NET and not.</summary>
public class ExecutableTests
{
    [Fact]
    public async Task A_script_that_speaks_the_Runtime_API_is_run()
    {
        using var script = new Script("""
            while :; do next; curl -sS -o /dev/null -d "{\"got\":$event}" "$runtime/invocation/$id/response"; done
            """);

        var result = (await ToolProcess.RunAsync(["run", .. script.Arguments, "--payload", "1", "--payload", "2"])).Expect(0);

        Assert.Equal(["""{"got":1}""", """{"got":2}"""], result.Lines);
    }

    [Fact]
    public async Task An_executable_assembly_is_run_with_what_it_does_after_the_response()
    {
        var run = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Executable("LifecycleFunctions"), "-e", "COMPLETION=AfterResponse", "-p",
                """{"Kind":"yielding","Milliseconds":200}""", "--repeat", "2", "--json"
            ])).Expect(0).Json;

        var invocations = run.GetProperty("invocations").EnumerateArray().ToList();
        Assert.Equal(
            invocations.Select(static invocation => invocation.GetProperty("requestId").GetString()),
            invocations.Select(static invocation => invocation.GetProperty("payload").GetString()));
        Assert.Equal([true, false], invocations.Select(static invocation => invocation.GetProperty("coldStart").GetBoolean()));
        Assert.True(invocations[1].GetProperty("duration").GetDouble() < 200, "The answer waited for the background work.");
    }

    [Fact]
    public async Task A_streamed_response_is_shown_whole()
    {
        var run = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Executable("LifecycleFunctions"), "-e", "STREAMING=yes", "-p",
                """{"Kind":"yielding","Milliseconds":1,"HandlerMilliseconds":300}"""
            ])).Expect(0);

        Assert.Matches("^first [0-9a-f-]{36} last$", run.Output);
    }
}
