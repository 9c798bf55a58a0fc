using System.Globalization;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing;

public class OrphanTests
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_killed_test_host_leaves_no_frozen_function_no_child_and_no_file(string signal)
    {
        using var host = Start("--wait");
        var (function, child, directory) = await host.ReadFrozenAsync();

        await host.KillAsync(signal);

        await TestFunction.UntilGoneAsync(function);
        await TestFunction.UntilGoneAsync(int.Parse(child, CultureInfo.InvariantCulture));
        await host.UntilNothingIsLeftAsync(directory);
    }

    [Fact]
    public async Task A_killed_test_host_leaves_no_extension_and_none_that_left_its_group_where_a_control_group_holds_it()
    {
        var isHeld = TestFunction.Permits(FreezeMechanism.CgroupV1) || TestFunction.Permits(FreezeMechanism.CgroupV2);
        using var function = new ScriptFunction($$"""
            next; sleep 1000 & {{(isHeld ? "setsid sleep 1000 & setsid setsid sleep 1000 &" : string.Empty)}}
            curl -sS -o /dev/null -d 1 "$runtime/invocation/$id/response"; next
            """).WithExtension("held", """
            trap '' TERM HUP
            sleep 1000 &
            register held '"INVOKE","SHUTDOWN"'
            while :; do curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $extension_id" "$extension/event/next"; done
            """);
        using var host = RunnerProcess.Start(
            function.Options.AssemblyDirectory, "script", "{}", "--wait", "2", function.Options.ExtensionsDirectory!);
        await host.ReadFrozenAsync();
        var (_, _, directory) = await host.ReadFrozenAsync();

        // Of each: the shells of the function and of the extension, what they wait in, and what they have started.
        Assert.InRange(host.Processes().Count, 2 * (isHeld ? 7 : 5), 100);
        await host.KillAsync("KILL");

        await host.UntilNothingIsLeftAsync(directory);
    }

    [Fact]
    public async Task A_test_host_that_ends_leaves_nothing_and_its_output_closes()
    {
        using var host = Start("--end");
        var (function, child, directory) = await host.ReadFrozenAsync();

        // Returns only when nobody holds the output open any more, as test runners wait for it.
        Assert.Equal(string.Empty, await host.ReadToEndAsync());
        await TestFunction.UntilGoneAsync(function);
        await TestFunction.UntilGoneAsync(int.Parse(child, CultureInfo.InvariantCulture));
        await host.UntilNothingIsLeftAsync(directory);
    }

    [Fact]
    public async Task A_guardian_that_somebody_kills_is_replaced_and_the_next_one_knows_everything()
    {
        using var host = RunnerProcess.Start(
            TestFunction.DirectoryOf("TestFunctions"),
            "TestFunctions::TestFunctions.Lifecycle::Child",
            "\"while :; do sleep 0.01; done\"",
            "--step",
            "2");
        await host.ReadFrozenAsync();
        Signals.KillProcess(
            host.Processes().Single(static process => CommandOf(process).Contains("warmcontext-guardian", StringComparison.Ordinal)));

        // The second environment tells the guardian of itself, and finds that there is none.
        host.Step();
        var (_, _, directory) = await host.ReadFrozenAsync();
        await host.KillAsync("KILL");

        await host.UntilNothingIsLeftAsync(directory);
    }

    private static RunnerProcess Start(string mode) =>
        RunnerProcess.Start(
            TestFunction.DirectoryOf("TestFunctions"),
            "TestFunctions::TestFunctions.Lifecycle::Child",
            "\"while :; do sleep 0.01; done\"",
            mode);

    private static string CommandOf(int process) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline"));
}
