namespace WarmContext.Tool;

public class AuditTests
{
    [Fact]
    public async Task Findings_come_with_their_practice_and_remedy_and_are_the_exit_code()
    {
        var result = (await ToolProcess.RunAsync(["audit", .. ToolProcess.Function("Habits::Litter"), "-p", "5000"])).Expect(3);

        Assert.Contains("warning TemporaryStorageGrows: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("  practice: Cache files in the ephemeral storage", result.Output, StringComparison.Ordinal);
        Assert.Contains("  remedy:   Delete what an invocation writes", result.Output, StringComparison.Ordinal);
        Assert.Contains("  rules:    WARM0013", result.Output, StringComparison.Ordinal);
        Assert.Contains("of 5 invocations, first at ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("warning", 3)]
    [InlineData("error", 0)]
    [InlineData("never", 0)]
    public async Task Fail_on_says_how_severe_a_finding_has_to_be(string severity, int code) =>
        (await ToolProcess.RunAsync(
        [
            "audit", .. ToolProcess.Function("Habits::Litter"), "-p", "5000", "--fail-on", severity, "--ignore", "PackageWeight",
            "--ignore", "FirstInvocationSlow"
        ])).Expect(code);

    [Fact]
    public async Task A_function_that_does_nothing_wrong_passes()
    {
        var result = (await ToolProcess.RunAsync(
            [
                "audit", .. ToolProcess.Function("Habits::Nothing"), "--ignore", "PackageWeight", "--ignore", "FirstInvocationSlow",
                "--ignore", "InitShare", "--ignore", "MemoryGrows"
            ])).Expect(0);

        Assert.Contains("5 invocations", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_findings()
    {
        var json = (await ToolProcess.RunAsync(
            ["audit", .. ToolProcess.Function("Habits::Litter"), "-p", "5000", "--json", "--quiet"])).Expect(3).Json;

        var finding = json.GetProperty("findings")
            .EnumerateArray()
            .Single(static finding => finding.GetProperty("kind").GetString() == "TemporaryStorageGrows");
        Assert.Equal("Warning", finding.GetProperty("severity").GetString());
        Assert.Equal("WARM0013", finding.GetProperty("rules")[0].GetString());
        Assert.Equal(5, json.GetProperty("invocations").GetArrayLength());
    }

    [Fact]
    public async Task A_failed_invocation_is_not_overlooked_where_nothing_is_found()
    {
        var result = await ToolProcess.RunAsync(
            ["audit", .. ToolProcess.Function("Lifecycle::Throw"), "-p", "\"no stock\"", "--fail-on", "never"]);

        Assert.Contains("no stock", result.Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Background_work_that_WarmContext_finishes_after_the_response_is_no_fault()
    {
        using var files = new TemporaryDirectory();

        (await ToolProcess.RunAsync(
            [
                "audit", .. ToolProcess.Executable("LifecycleFunctions"), "-e", "COMPLETION=AfterResponse", "-p",
                """{"Kind":"answered","Milliseconds":30}""",
                "--ignore", "PackageWeight", "--ignore", "FirstInvocationSlow", "--ignore", "MemoryGrows", "--ignore",
                "TemporaryStorageGrows", "--record", files["recording.json"],
            ])).Expect(0);

        var invocations = System.Text.Json.JsonDocument.Parse(
            await File.ReadAllTextAsync(files["recording.json"])).RootElement.GetProperty("invocations");
        Assert.All(
            invocations.EnumerateArray(),
            static invocation => Assert.True(invocation.GetProperty("backgroundWork").GetProperty("wasHeldByRuntime").GetBoolean()));
    }
}
