using System.Globalization;

namespace WarmContext.Tool;

public class RunTests
{
    [Fact]
    public async Task Answers_go_to_standard_output_and_everything_else_to_standard_error()
    {
        var result = (await ToolProcess.RunAsync(["run", .. ToolProcess.Function("Lifecycle::Log"), "--payload", "\"one\""])).Expect(0);

        Assert.Equal("\"one\"", result.Output);
        Assert.Contains("[0] out one", result.Error, StringComparison.Ordinal);
        Assert.Contains("1 invocation, 0 failed, 1 cold start, p50 ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_files_and_standard_input_are_played_in_order_as_often_as_asked()
    {
        using var files = new TemporaryDirectory();

        var result = (await ToolProcess.RunWithInputAsync(
            "\"from stdin\"",
            [
                "run", .. ToolProcess.Function("Echo::Text"), "--event", files.Write("a.json", "\uFEFF\"a\""),
                files.Write("b.json", "\"b\""), "--event", "-", "--repeat", "2", "--quiet"
            ])).Expect(0);

        Assert.Equal(
            ["\"<a>\"", "\"<b>\"", "\"<from stdin>\"", "\"<a>\"", "\"<b>\"", "\"<from stdin>\""],
            result.Lines.Select(
                static line => line.Replace("\\u003C", "<", StringComparison.Ordinal).Replace("\\u003E", ">", StringComparison.Ordinal)));
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Json_has_every_invocation_with_its_figures()
    {
        var result = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Function("Lifecycle::Count"), "--repeat", "3", "--memory", "1769", "--env", "A=b", "--json"
            ])).Expect(0).Json;

        Assert.Equal(1769, result.GetProperty("memoryMegabytes").GetInt32());
        var invocations = result.GetProperty("invocations").EnumerateArray().ToList();
        Assert.Equal(
            ["1", "2", "3"], invocations.Select(static invocation => invocation.GetProperty("payload").GetString()!.Split(' ')[1]));
        Assert.Equal([true, false, false], invocations.Select(static invocation => invocation.GetProperty("coldStart").GetBoolean()));
        Assert.True(invocations[0].GetProperty("initDuration").GetDouble() > 0);
        Assert.All(invocations, static invocation => Assert.True(invocation.GetProperty("duration").GetDouble() > 0));
        Assert.Equal(3, result.GetProperty("summary").GetProperty("invocations").GetInt32());
    }

    [Fact]
    public async Task The_function_finds_its_memory_its_name_and_its_variables()
    {
        var variables = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Function("Lifecycle::Variables"), "--memory", "256", "--function-name", "orders", "--region",
                "eu-central-1", "-e", "TABLE=a=b", "-q"
            ])).Expect(0).Json;

        Assert.Equal("256", variables.GetProperty("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").GetString());
        Assert.Equal("orders", variables.GetProperty("AWS_LAMBDA_FUNCTION_NAME").GetString());
        Assert.Equal("eu-central-1", variables.GetProperty("AWS_REGION").GetString());
        Assert.Equal("a=b", variables.GetProperty("TABLE").GetString());
    }

    [Fact]
    public async Task A_failed_invocation_is_the_exit_code_and_says_why()
    {
        var result = (await ToolProcess.RunAsync(["run", .. ToolProcess.Function("Lifecycle::Throw"), "-p", "\"no stock\""])).Expect(1);

        Assert.Contains("no stock", result.Output, StringComparison.Ordinal);
        Assert.Contains("invocation 1 (--payload) failed: InvalidOperationException: no stock", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_environments_run_side_by_side()
    {
        // Each waits in an environment of its own, so both are there only when two run at once.
        var result = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Function("Lifecycle::SleepMilliseconds"), "-p", "1500", "--repeat", "2", "--concurrency", "2",
                "--json"
            ])).Expect(0).Json;

        Assert.Equal(
            [0, 1],
            result.GetProperty("invocations")
                .EnumerateArray()
                .Select(static invocation => invocation.GetProperty("environment").GetInt32())
                .Order());
        Assert.Equal(2, result.GetProperty("summary").GetProperty("coldStarts").GetInt32());
    }

    [Fact]
    public async Task On_managed_instances_one_environment_takes_them_at_once()
    {
        var result = (await ToolProcess.RunAsync(
        [
            "run", .. ToolProcess.Function("Lifecycle::Rendezvous"), "-p", "3", "--repeat", "3", "--concurrency", "3",
            "--initialization-type", "managed-instances", "-q"
        ])).Expect(0);

        Assert.Equal(["3", "3", "3"], result.Lines);
    }

    [Theory]
    [InlineData("reset@2", "new,existed,existed")]
    [InlineData("replace@2", "new,new,existed")]
    public async Task Faults_before_an_invocation_cost_it_a_cold_start(string fault, string answers)
    {
        var result = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Function("Lifecycle::WriteFile"), "-p", "\"kept\"", "--repeat", "3", "--fault", fault, "--json"
            ])).Expect(0).Json;

        var invocations = result.GetProperty("invocations").EnumerateArray().ToList();
        Assert.Equal(answers.Split(','), invocations.Select(static invocation => invocation.GetProperty("payload").GetString()));
        Assert.Equal([true, true, false], invocations.Select(static invocation => invocation.GetProperty("coldStart").GetBoolean()));
        Assert.Equal(fault.Split('@')[0], invocations[1].GetProperty("fault").GetString());
    }

    [Theory]
    [InlineData("kill@2", "Runtime.ExitError", "ProcessExited")]
    [InlineData("timeout@2", "Sandbox.Timedout", "TimedOut")]
    [InlineData("init-crash@2", "Runtime.ExitError", "ProcessExited")]
    public async Task Faults_during_an_invocation_fail_it_and_the_next_goes_on(string fault, string type, string kind)
    {
        var result = (await ToolProcess.RunAsync(
        [
            "run", .. ToolProcess.Function("Lifecycle::SleepMilliseconds"), "-p", "700", "--repeat", "3", "--timeout", "8s", "--fault",
            fault, "--json"
        ])).Expect(1).Json;

        var invocations = result.GetProperty("invocations").EnumerateArray().ToList();
        Assert.Equal([true, false, true], invocations.Select(static invocation => invocation.GetProperty("success").GetBoolean()));
        Assert.Equal(
            (type, kind),
            (invocations[1].GetProperty("error")
                .GetProperty("type")
                .GetString(), invocations[1].GetProperty("error").GetProperty("kind").GetString()));
    }

    [Theory]
    [InlineData("kill", new[] { 2, 4, 6, 8 })]
    [InlineData("timeout", new[] { 2, 4 })]
    public async Task A_fault_hits_its_invocation_or_is_said_to_have_come_too_late_and_never_hits_another(string fault, int[] faulty)
    {
        // It answers at once, so that either may happen.
        var result = (await ToolProcess.RunAsync(
            [
                "run", .. ToolProcess.Function("Echo::NoInput"), "--repeat", "9", "--timeout", "8s", "--json",
                .. faulty.SelectMany(number => new[] { "--fault", $"{fault}@{number}" })
            ]));

        var failed = result.Json.GetProperty("invocations")
            .EnumerateArray()
            .Where(static invocation => !invocation.GetProperty("success").GetBoolean())
            .Select(static invocation => invocation.GetProperty("number").GetInt32())
            .ToHashSet();
        Assert.All(faulty, number =>
        {
            var wasLate = result.Error.Contains($"the fault at invocation {number} came too late", StringComparison.Ordinal);
            Assert.True(failed.Contains(number) != wasLate, $"Invocation {number}:\n{result.Error}");
        });
        Assert.Subset(faulty.ToHashSet(), failed);
    }

    [Fact]
    public async Task Freezes_can_be_long_in_no_time()
    {
        var result = (await ToolProcess.RunAsync(
            ["run", .. ToolProcess.Function("Lifecycle::MinutesSinceLast"), "--repeat", "3", "--freeze-for", "20m", "-q"])).Expect(0);

        Assert.Equal(["\"0 0\"", "\"20 20\"", "\"20 20\""], result.Lines);
    }

    [Fact]
    public async Task A_long_freeze_after_a_crash_is_left_out() =>
        (await ToolProcess.RunAsync(
        [
            "run", .. ToolProcess.Function("Lifecycle::SleepMilliseconds"), "-p", "300", "--repeat", "3", "--freeze-for", "20m", "--fault",
            "kill@2"
        ])).Expect(1);

    [Fact]
    public async Task On_a_terminal_progress_is_live_and_gone_in_the_end()
    {
        var seen = await Terminal.RunAsync(["run", .. ToolProcess.Function("Lifecycle::SleepMilliseconds"), "-p", "300", "--repeat", "3"]);

        Assert.Contains("environment 0", seen, StringComparison.Ordinal);
        Assert.Contains("invocation 2", seen, StringComparison.Ordinal);
        Assert.Contains("3 of 3", seen, StringComparison.Ordinal);

        // What is left is what was written, with nothing of what was drawn.
        Assert.Equal("0 static constructor", Screen.Of(seen)[0]);
        Assert.Equal("0 constructor", Screen.Of(seen)[1]);
        Assert.DoesNotContain(
            Screen.Of(seen),
            static row =>
                row.Contains('\u2501', StringComparison.Ordinal)
                    || row.Contains("environment 0", StringComparison.Ordinal)
                    || row.EndsWith("done", StringComparison.Ordinal));

        // The cursor is shown again, and after that comes the summary.
        Assert.Contains(
            "3 invocations, 0 failed", seen[seen.LastIndexOf("\u001b[?25h", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_runs_on_the_bootstrap_that_is_named()
    {
        using var bootstrap = new Script("""
            while :; do next; curl -sS -o /dev/null -d "\"$1\"" "$runtime/invocation/$id/response"; done
            """);

        var run = await ToolProcess.RunAsync(
            ["run", .. ToolProcess.Function("Echo::Text"), "-p", "\"x\"", "--bootstrap", bootstrap.Files["orders"], "--quiet"]);
        var refused = await ToolProcess.RunAsync(
            ["run", .. ToolProcess.Function("Echo::Text"), "-p", "\"x\"", "--bootstrap", "/nowhere/bootstrap"]);

        Assert.Contains("Echo::Text", run.Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("--bootstrap is '/nowhere/bootstrap'", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_environment_warns_of_is_said_once_and_tears_no_live_progress()
    {
        using var files = new TemporaryDirectory();
        string[] arguments =
        [
            "run", .. ToolProcess.Function("Lifecycle::SleepMilliseconds"), "-p", "300", "--repeat", "4", "--concurrency", "2", "-e",
            "SETTINGS=" + files.Write("settings", "x")
        ];

        var screen = string.Join(' ', Screen.Of(await Terminal.RunAsync(arguments)));
        var plain = (await ToolProcess.RunAsync(arguments)).Expect(0).Error;
        var quiet = (await ToolProcess.RunAsync([.. arguments, "--quiet"])).Expect(0).Error;
        var shared = (await ToolProcess.RunAsync([.. arguments, "--machine-tmp"])).Expect(0).Error;

        // Who may not mount has the machine's /tmp, and is told so instead.
        var times = plain.Contains("/tmp itself is this machine's", StringComparison.Ordinal) ? 0 : 1;
        Assert.True(times == 1 || !Environment.IsPrivilegedProcess);
        Assert.Equal(times, screen.Split("warning: The environment variable SETTINGS names").Length - 1);
        Assert.Equal(times, screen.Split("or give it this machine's /tmp: --machine-tmp").Length - 1);
        Assert.Contains("4 invocations, 0 failed", screen, StringComparison.Ordinal);
        Assert.Equal(times, plain.Split("warmcontext: warning: The environment variable SETTINGS").Length - 1);
        Assert.DoesNotContain("SETTINGS", quiet, StringComparison.Ordinal);
        Assert.DoesNotContain("SETTINGS", shared, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_function_and_its_children()
    {
        await using var tool = ToolProcess.Start(
            ["run", .. ToolProcess.Function("Lifecycle::Child"), "-p", "\"sleep 1000\"", "--repeat", "2", "--pause", "1h"]);
        var child = int.Parse(await tool.ReadLineAsync(), CultureInfo.InvariantCulture);

        tool.SendInterrupt();
        var result = (await tool.EndAsync()).Expect(130);

        await Processes.UntilGoneAsync(child);
        Assert.Contains("interrupted", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_tool_leaves_nothing_behind()
    {
        await using var tool = ToolProcess.Start(
            ["run", .. ToolProcess.Function("Lifecycle::Child"), "-p", "\"sleep 1000\"", "--repeat", "2", "--pause", "1h"]);
        var child = int.Parse(await tool.ReadLineAsync(), CultureInfo.InvariantCulture);

        tool.SendKill();

        await Processes.UntilGoneAsync(child);
    }
}
