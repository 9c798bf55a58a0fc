using WarmContext.Lambda.Snapshots;
using WarmContext.TestSupport;

namespace WarmContext.Lambda.Tests.Snapshots;

public sealed class SnapshotHooksTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;
    private readonly SnapshotHooks _hooks;
    private readonly List<string> _calls = [];

    public SnapshotHooksTests()
    {
        _environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders", ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start" },
            _time);
        _hooks = new SnapshotHooks(_environment);
    }

    [Fact]
    public async Task Before_the_snapshot_the_last_hook_runs_first_and_after_a_restore_the_first()
    {
        Assert.True(_hooks.AddBeforeSnapshot("connections", Call("close connections")));
        Assert.True(_hooks.AddBeforeSnapshot("secrets", Call("drop secrets")));
        Assert.True(_hooks.AddAfterRestore("ids", Call("new ids")));
        Assert.True(_hooks.AddAfterRestore("settings", Call("read settings")));

        await _hooks.RunBeforeSnapshotAsync();
        await _hooks.RunAfterRestoreAsync();

        Assert.Equal(["drop secrets", "close connections", "new ids", "read settings"], _calls);
    }

    [Fact]
    public async Task Warm_ups_are_finished_before_anything_is_closed()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await new WarmUp(new WarmUpOptions { Environment = _environment, Budget = TimeSpan.Zero }).Add("slow", _ => slow.Task).RunAsync();
        _hooks.AddBeforeSnapshot("close", Call("close"));
        var running = _hooks.RunBeforeSnapshotAsync().AsTask();
        Assert.Empty(_calls);

        slow.SetResult();
        await running;
        Assert.Equal(["close"], _calls);
    }

    [Fact]
    public async Task Held_values_expire_by_the_wall_clock_while_the_snapshot_lies_there()
    {
        var made = 0;
        var token = new Warm<object>(
            () =>
            {
                made++;
                return new object();
            },
            new WarmOptions<object> { Environment = _environment, Lifetime = TimeSpan.FromMinutes(15) });
        _ = token.Value;
        await _hooks.RunBeforeSnapshotAsync();
        _time.AdvanceWallOnly(TimeSpan.FromHours(3));
        await _hooks.RunAfterRestoreAsync();

        _ = token.Value;
        Assert.Equal(2, made);
    }

    [Fact]
    public async Task After_a_restore_every_resource_is_revalidated_with_the_snapshots_age()
    {
        var resource = new Resource();
        _environment.Register(resource);
        await _hooks.RunBeforeSnapshotAsync();
        _time.AdvanceWallOnly(TimeSpan.FromHours(3));
        await _hooks.RunAfterRestoreAsync();

        Assert.Equal(TimeSpan.FromHours(3), resource.Gap);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Before_the_snapshot_every_resource_is_released_after_the_hooks_even_if_one_of_them_fails(bool fails)
    {
        var resource = new Resource { OnRelease = () => _calls.Add("release") };
        _environment.Register(resource);
        _hooks.AddBeforeSnapshot("prime", () =>
        {
            _calls.Add("prime");
            return fails ? Task.FromException(new IOException("not primed")) : Task.CompletedTask;
        });
        await _hooks.RunBeforeSnapshotAsync().AsTask().ContinueWith(
            snapshot => Assert.Equal(fails, snapshot.IsFaulted), TaskScheduler.Default);

        Assert.Equal(["prime", "release"], _calls);
        Assert.Null(resource.Gap);
    }

    [Fact]
    public async Task A_failing_hook_fails_the_snapshot_by_name_and_the_others_run()
    {
        _hooks.AddBeforeSnapshot("connections", Call("close connections"));
        _hooks.AddBeforeSnapshot("secrets", static () => throw new IOException("locked"));

        Assert.Contains(
            "'secrets'", (await Assert.ThrowsAsync<InvalidOperationException>(() => _hooks.RunBeforeSnapshotAsync().AsTask())).Message,
            StringComparison.Ordinal);
        Assert.Equal(["close connections"], _calls);
    }

    [Fact]
    public async Task A_hook_registered_too_late_is_reported()
    {
        using var log = new LogCapture();
        var late = "late " + Guid.NewGuid();
        await _hooks.RunBeforeSnapshotAsync();

        Assert.False(_hooks.AddBeforeSnapshot(late, Call("late")));
        Assert.True(_hooks.AddAfterRestore("in time", Call("in time")));
        await _hooks.RunAfterRestoreAsync();
        Assert.False(_hooks.AddAfterRestore(late, Call("late")));

        Assert.Equal(["in time"], _calls);
        Assert.Equal(
            2,
            log.Entries.Count(entry => entry.EventName == "SnapshotHookTooLate" && entry.Message.Contains(late, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task In_an_invocation_it_is_too_late_also_where_the_runtime_never_ran_the_hooks()
    {
        await new InvocationRunner(new InvocationOptions { Environment = _environment }).RunAsync(
            new InvocationInfo { RequestId = "r" }, 0, static (_, _) => Task.FromResult(true));

        Assert.False(_hooks.AddBeforeSnapshot("late", Call("late")));
    }

    [Fact]
    public void Where_there_is_no_snapshot_hooks_are_taken_and_the_runtime_is_left_alone()
    {
        Assert.True(SnapStart.Release(new Warm<object>(static () => new object())));
        Assert.True(SnapStart.AfterRestore("ids", static () => Task.CompletedTask));
        Assert.Throws<ArgumentNullException>(static () => SnapStart.Release<object>(null!));
        Assert.Throws<ArgumentException>(static () => SnapStart.BeforeSnapshot(" ", static () => Task.CompletedTask));
    }

    private Func<Task> Call(string name) => () =>
    {
        _calls.Add(name);
        return Task.CompletedTask;
    };

    private sealed class Resource : IWarmResource
    {
        public string Name => "resource";

        public TimeSpan? Gap { get; private set; }

        public Action OnRelease { get; init; } = static () => { };

        public ValueTask ReleaseAsync(CancellationToken cancellationToken)
        {
            OnRelease();
            return ValueTask.CompletedTask;
        }

        public ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
        {
            Gap = gap;
            return ValueTask.CompletedTask;
        }
    }
}
