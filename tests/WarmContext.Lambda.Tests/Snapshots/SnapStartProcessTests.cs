using WarmContext.Testing;

namespace WarmContext.Lambda.Tests.Snapshots;

/// <summary>A function in a process of its own that is frozen as by a snapshot and restored.</summary>
public sealed class SnapStartProcessTests
{
    [Fact]
    public async Task Nothing_stale_is_in_the_snapshot_and_what_must_differ_is_made_anew_after_the_restore()
    {
        await using var function = await StartAsync("yes");

        var events = await RestoreAsync(function);

        // Up to the snapshot in this order: warm-up and its background work, hooks, connections.
        Assert.Equal(["secret made", "token made", "drained", "warm", "secret dropped", "connection closed"], events.Take(6));

        // The token stays in it, and expires by the wall clock. Resources are revalidated all at once, and then the hooks run.
        Assert.Equal(
            ["connection revalidated", "new id", "secret made", "token dropped", "token made"],
            events.Skip(6).Order(StringComparer.Ordinal));
        Assert.InRange(Array.IndexOf(events, "connection revalidated"), 0, Array.IndexOf(events, "new id"));
        Assert.Contains(function.Environment.ReadLog(), static line =>
            line.Contains("SnapshotHookTooLate", StringComparison.Ordinal) && line.Contains("too-late-by-name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrapper_alone_has_connections_closed_before_the_snapshot_and_revalidated_after_the_restore()
    {
        await using var function = await StartAsync("no");

        var events = await RestoreAsync(function);

        Assert.Equal(["secret made", "token made", "drained", "warm", "connection closed"], events.Take(5));
        Assert.Equal(["connection revalidated", "token dropped", "token made"], events.Skip(5).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_hook_in_a_static_field_without_a_static_constructor_comes_too_late_and_that_is_said()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.LateHandlers::Status", BackgroundCompletion.BeforeReturn,
            static options => options.InitializationType = InitializationType.SnapStart);

        Assert.Contains("hooked=False", (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string>(), StringComparison.Ordinal);
        Assert.Contains(function.Environment.ReadLog(), static line =>
            line.Contains("SnapshotHookTooLate", StringComparison.Ordinal) && line.Contains("late-field", StringComparison.Ordinal));
    }

    private static Task<LifecycleFunction> StartAsync(string hooks) => LifecycleFunction.StartAsync(
        "LifecycleFunctions::LifecycleFunctions.SnapshotHandlers::Handle",
        BackgroundCompletion.BeforeReturn,
        options =>
        {
            options.InitializationType = InitializationType.SnapStart;
            options.TimeTravel = true;
            options.Environment["HOOKS"] = hooks;
        });

    private static async Task<string[]> RestoreAsync(LifecycleFunction function)
    {
        await function.Environment.FreezeFor(TimeSpan.FromHours(3));
        return (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string[]>()!;
    }
}
