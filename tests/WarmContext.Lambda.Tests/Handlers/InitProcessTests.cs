using System.Globalization;
using WarmContext.Testing;

namespace WarmContext.Lambda.Tests.Handlers;

/// <summary>Init of functions in processes of their own.</summary>
public sealed class InitProcessTests
{
    [Fact]
    public async Task A_warm_up_over_10_seconds_ends_Init_in_time_and_is_finished_in_the_first_invocation()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.SlowInitHandlers::Status", BackgroundCompletion.AfterResponse,
            static options => options.InitTimeout = TimeSpan.FromSeconds(20));

        // Not 9 s after the warm-up was run, which was when 5 s of Lambda's 10 were over.
        Assert.InRange(function.Environment.InitDuration!.Value.TotalSeconds, 8.9, 13.5);

        Assert.Equal("Running", (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string>());
        await function.Environment.WaitUntilFrozenAsync();
        Assert.Equal("Completed", (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string>());
        await function.Environment.WaitUntilFrozenAsync();

        Assert.Equal(1, function.Environment.ProcessCount);
        Assert.Equal(2, File.ReadAllLines(Path.Combine(function.Environment.TemporaryDirectory, "done")).Length);
    }

    [Fact]
    public async Task Where_Init_is_cut_at_10_seconds_the_next_process_registers_again_and_loses_no_work()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.SlowInitHandlers::Status",
            BackgroundCompletion.AfterResponse,
            static options =>
            {
                options.InitTimeout = TimeSpan.FromSeconds(10);
                options.InitFailure = InitFailurePolicy.RetryInInvocation;
                options.Environment["BLOCKING"] = "yes";
            });
        for (var i = 1; i <= 3; i++)
        {
            (await function.Environment.InvokeAsync("\"\"")).EnsureSuccess();
            await function.Environment.WaitUntilFrozenAsync();
            Assert.Equal(i, File.ReadAllLines(Path.Combine(function.Environment.TemporaryDirectory, "done")).Length);
        }

        Assert.Equal(2, function.Environment.ProcessCount);
        Assert.DoesNotContain(
            function.Environment.ReadLog(), static line => line.Contains("ExtensionUnavailable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Init_loads_and_compiles_next_to_nothing_for_it()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.InitHandlers::Status", BackgroundCompletion.BeforeReturn, null,
            ("DOTNET_TC_CallCountingDelayMs", "EA60"));
        var status = (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string>()!.Split(' ');

        // A minute (the runtime reads hexadecimal) until methods are compiled a second time, which on a slow machine would be counted too.
        // Each assembly costs Init milliseconds: metrics and tracing alone 12 to 40 where nothing else has loaded them.
        Assert.DoesNotContain("System.Diagnostics.DiagnosticSource", status);
        Assert.DoesNotContain("System.Net.Http", status);
        Assert.DoesNotContain("System.Text.RegularExpressions", status);
        Assert.InRange(int.Parse(status[0], CultureInfo.InvariantCulture), 1, 110);
    }

    [Fact]
    public async Task Warm_up_holds_Init_up_for_its_budget_alone_and_carries_on_in_the_first_invocation()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.WarmUpHandlers::Status", BackgroundCompletion.BeforeReturn);

        // That Init has ended at all shows that it didn't wait for the slow item, which the first handler ends.
        Assert.True(function.Environment.InitDuration >= TimeSpan.FromSeconds(1));

        // The answer waits for the slow item: it is done when the second one begins.
        var first = await function.Environment.InvokeAsync("\"\"");
        Assert.Equal("quick=Completed slow=Running broken=Failed", first.ReadPayload<string>());
        Assert.Equal(
            "quick=Completed slow=Completed broken=Failed", (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string>());
        Assert.Contains(
            function.Environment.ReadLog(),
            static line => line.Contains("WarmUpItemFailed", StringComparison.Ordinal)
                && line.Contains("'broken'", StringComparison.Ordinal));
    }
}
