using System.Text;
using System.Text.Json;

namespace WarmContext.Tool;

public class SnapStartTests
{
    [Fact]
    public async Task Before_hooks_run_ahead_of_the_snapshot_and_the_restore_is_shown()
    {
        using var files = new TemporaryDirectory();

        var run = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Function("Snapshots::Ran"), "--initialization-type", "snap-start", "--repeat", "2", "--json",
                "--record", files["recording.json"]
            ])).Expect(0);

        var invocations = run.Json.GetProperty("invocations").EnumerateArray().ToList();
        Assert.Equal(
            ["before 2", "before 1", "after 1", "after 2", "snap-start"],
            invocations[0].GetProperty("payload").EnumerateArray().Select(static hook => hook.GetString()));
        Assert.True(invocations[0].GetProperty("restoreDuration").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Null, invocations[1].GetProperty("restoreDuration").ValueKind);
        Assert.Contains("invocation 1 was restored from the snapshot in ", run.Error, StringComparison.Ordinal);
        var phases = JsonDocument.Parse(await File.ReadAllTextAsync(files["recording.json"])).RootElement.GetProperty("phases");
        Assert.Equal(
            ["Init", "Snapshot", "Thaw", "Restore", "Invoke", "Freeze"],
            phases.EnumerateArray().Take(6).Select(static phase => phase.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task A_served_functions_log_has_the_restore_in_the_place_of_Init()
    {
        await using var server = await Server.StartAsync("Snapshots::Ran", "--initialization-type", "snap-start");

        var result = await server.InvokeAsync("--log-type", "Tail");

        var log = Encoding.UTF8.GetString(Convert.FromBase64String(result.Expect(0).GetProperty("LogResult").GetString()!));
        Assert.Matches("\tRestore Duration: [0-9.]+ ms\tBilled Restore Duration: [0-9]+ ms\t", log);
        Assert.DoesNotContain("Init Duration", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_before_hook_that_fails_is_named()
    {
        var run = (await ToolProcess.RunAsync(
            ["run", .. ToolProcess.Function("Snapshots::Ran"), "--initialization-type", "snap-start", "-e", "FAIL=before 1"])).Expect(1);

        Assert.Contains("failed: InvalidOperationException: before 1 failed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_after_hook_that_fails_is_named()
    {
        var run = (await ToolProcess.RunAsync(
            ["run", .. ToolProcess.Function("Snapshots::Ran"), "--initialization-type", "snap-start", "-e", "FAIL=after 2"])).Expect(1);

        Assert.Contains("failed: InvalidOperationException: after 2 failed", run.Error, StringComparison.Ordinal);
    }
}
