namespace WarmContext.Tool;

/// <summary>External extensions: programs of their own beside the function.</summary>
public class ExtensionTests
{
    private const string Observer = """
        register observer '"INVOKE","SHUTDOWN"'
        while :; do
          event=$(curl -sS -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next")
          case $event in *SHUTDOWN*) echo "observer flushed"; exit 0 ;; esac
          sleep 0.3
          echo "observer saw $event"
        done
        """;

    [Fact]
    public async Task An_extension_runs_beside_the_function_and_is_shut_down_with_it()
    {
        using var script = new Script(Script.Echo).WithExtension("observer", Observer);

        var run = (await ToolProcess.RunAsync(["run", .. script.Arguments, "-p", "1", "-p", "2"])).Expect(0);

        Assert.Equal(["1", "2"], run.Lines);
        Assert.Equal(2, run.Error.Split("[0] observer saw {\"eventType\":\"INVOKE\"").Length - 1);
        Assert.Contains("[0] observer flushed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_does_after_the_response_holds_back_the_freeze_and_not_the_answer()
    {
        using var script = new Script(Script.Echo).WithExtension("observer", Observer);

        await using var run = ToolProcess.Start(["run", .. script.Arguments, "-p", "1", "--record", script.Files["recording.json"]]);
        Assert.Equal("1", await run.ReadLineAsync());
        (await run.EndAsync()).Expect(0);

        var recording = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(script.Files["recording.json"])).RootElement;
        var invocation = recording.GetProperty("invocations")[0];
        var afterwards = invocation.GetProperty("end").GetDouble() - invocation.GetProperty("responded").GetDouble();
        Assert.True(afterwards > 250, $"The freeze came {afterwards} ms after the response.");
        Assert.Contains(
            recording.GetProperty("phases").EnumerateArray(), static phase => phase.GetProperty("kind").GetString() == "Shutdown");
    }

    [Fact]
    public async Task An_extension_that_fails_is_named()
    {
        using var script = new Script(Script.Echo).WithExtension("fragile", "exit 9");

        var run = (await ToolProcess.RunAsync(["run", .. script.Arguments])).Expect(1);

        Assert.Contains("Extension fragile exited with error: exit status 9", run.Error, StringComparison.Ordinal);
    }
}
