using WarmContext.TestSupport;

namespace WarmContext.Tests.Holding;

public sealed class WarmReplacementTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;
    private int _made;

    public WarmReplacementTests() => _environment = TestEnvironments.Create(_time);

    [Fact]
    public void A_value_past_its_lifetime_is_replaced_and_disposed()
    {
        var holder = Holder(options => options.Lifetime = TimeSpan.FromMinutes(15));
        var first = holder.Value;

        _time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        Assert.Same(first, holder.Value);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(2, holder.Value.Number);
        Assert.Equal(1, first.Disposals);
    }

    [Fact]
    public void Time_frozen_with_the_monotonic_clock_stopped_counts_toward_the_lifetime()
    {
        var holder = Holder(options => options.Lifetime = TimeSpan.FromMinutes(15));
        _ = holder.Value;

        _time.AdvanceWallOnly(TimeSpan.FromMinutes(20));

        Assert.Equal(2, holder.Value.Number);
    }

    [Fact]
    public void A_wall_clock_set_back_does_not_lengthen_the_lifetime()
    {
        var holder = Holder(options => options.Lifetime = TimeSpan.FromMinutes(15));
        _ = holder.Value;

        _time.AdvanceWallOnly(TimeSpan.FromHours(-1));
        _time.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(2, holder.Value.Number);
    }

    [Fact]
    public async Task A_value_used_lately_is_not_checked_and_an_idle_one_is()
    {
        var checks = 0;
        var holder = Holder(options => options.HealthCheck = (_, _) => Task.FromResult(++checks > 0));
        await holder.GetAsync();

        _time.Advance(TimeSpan.FromMilliseconds(900));
        await holder.GetAsync();
        _time.Advance(TimeSpan.FromMilliseconds(900));
        await holder.GetAsync();
        Assert.Equal(0, checks);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await holder.GetAsync()).Number);
        Assert.Equal(1, checks);
        await holder.GetAsync();
        Assert.Equal(1, checks);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("throws")]
    public async Task An_unhealthy_value_is_replaced_before_anybody_gets_it(string answer)
    {
        var holder = Holder(options => options.HealthCheck = (value, _) =>
            value.Number > 1 ? Task.FromResult(true) : answer == "false" ? Task.FromResult(false) : throw new IOException("gone"));
        var first = await holder.GetAsync();

        _time.Advance(TimeSpan.FromSeconds(2));
        var values = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => holder.GetAsync().AsTask()));

        Assert.All(values, static value => Assert.Equal(2, value.Number));
        Assert.Equal(1, first.Disposals);
    }

    [Fact]
    public async Task A_health_check_that_never_answers_counts_as_unhealthy()
    {
        var holder = Holder(options => options.HealthCheck = (value, _) => new TaskCompletionSource<bool>().Task);
        await holder.GetAsync();
        _time.Advance(TimeSpan.FromSeconds(2));

        var next = holder.GetAsync().AsTask();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, (await next).Number);
    }

    [Fact]
    public void Invalidate_makes_the_next_use_create_anew()
    {
        var holder = Holder();
        var first = holder.Value;

        holder.Invalidate();

        Assert.Equal(1, first.Disposals);
        Assert.Equal(2, holder.Value.Number);
    }

    [Fact]
    public void Invalidating_a_value_that_was_replaced_already_spares_the_new_one()
    {
        var holder = Holder();
        var broken = holder.Value;
        holder.Invalidate(broken);
        var replacement = holder.Value;

        holder.Invalidate(broken);

        Assert.Same(replacement, holder.Value);
        Assert.False(replacement.IsDisposed);
    }

    [Fact]
    public async Task A_value_invalidated_while_it_is_made_reaches_its_waiters_and_nobody_else()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = new Warm<DisposableValue>(
            async _ =>
            {
                var number = Interlocked.Increment(ref _made);
                await gate.Task;
                return new DisposableValue(number);
            },
            new WarmOptions<DisposableValue> { Environment = _environment });
        var waiter = holder.GetAsync().AsTask();

        holder.Invalidate();
        gate.SetResult();

        Assert.Equal(1, (await waiter).Number);
        Assert.Equal(2, (await holder.GetAsync()).Number);
    }

    [Fact]
    public async Task Who_asks_after_an_invalidation_gets_a_value_made_after_it_though_one_is_still_being_made()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var old = new DisposableValue(1);
        var holder = new Warm<DisposableValue>(
            async _ =>
            {
                if (++_made > 1)
                {
                    return new DisposableValue(_made);
                }

                await gate.Task;
                return old;
            },
            new WarmOptions<DisposableValue> { Environment = _environment });
        var before = holder.GetAsync().AsTask();
        holder.Invalidate();

        var after = await holder.GetAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(2, after.Number);
        gate.SetResult();
        Assert.Same(old, await before);
        await old.Disposed;
        Assert.Same(after, await holder.GetAsync());
        Assert.False(after.IsDisposed);
    }

    [Fact]
    public async Task A_leased_value_is_disposed_when_its_last_lease_ends()
    {
        var holder = Holder();
        var one = await holder.LeaseAsync();
        var two = await holder.LeaseAsync();

        holder.Invalidate();
        await one.DisposeAsync();
        await one.DisposeAsync();
        Assert.False(two.Value.IsDisposed);
        await two.DisposeAsync();

        Assert.Equal(1, two.Value.Disposals);
    }

    [Fact]
    public async Task A_lease_taken_after_a_replacement_is_on_the_new_value()
    {
        var holder = Holder();
        await using var old = await holder.LeaseAsync();
        holder.Invalidate();

        await using var current = await holder.LeaseAsync();

        Assert.Equal(1, old.Value.Number);
        Assert.Equal(2, current.Value.Number);
        Assert.False(old.Value.IsDisposed);
    }

    [Fact]
    public async Task A_value_replaced_during_invocations_lives_until_the_last_of_them_ends()
    {
        var holder = Holder();
        var runner = new InvocationRunner(new InvocationOptions { Environment = _environment });
        var endFirst = new TaskCompletionSource();
        var endSecond = new TaskCompletionSource();
        DisposableValue? value = null;

        var first = Run(runner, endFirst.Task, () => value = holder.Value);
        var second = Run(runner, endSecond.Task, () => Assert.Same(value, holder.Value));
        holder.Invalidate();
        var third = Run(runner, Task.CompletedTask, () => Assert.Equal(2, holder.Value.Number));
        await third;
        endSecond.SetResult();
        await second;
        Assert.False(value!.IsDisposed);

        endFirst.SetResult();
        await first;

        Assert.Equal(1, value.Disposals);
    }

    [Fact]
    public async Task An_asynchronous_factory_that_hangs_is_given_up_and_tried_again_and_its_late_value_disposed()
    {
        var hanging = new TaskCompletionSource<DisposableValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = CancellationToken.None;
        var holder = new Warm<DisposableValue>(
            cancellation =>
            {
                token = cancellation;
                return ++_made == 1 ? hanging.Task : Task.FromResult(new DisposableValue(_made));
            },
            new WarmOptions<DisposableValue> { Environment = _environment, CreationTimeout = TimeSpan.FromSeconds(5), Name = "tokens" });
        var first = holder.GetAsync().AsTask();
        var tokenOfFirst = token;

        _time.Advance(TimeSpan.FromSeconds(5));

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.Contains("tokens", exception.Message, StringComparison.Ordinal);
        Assert.Contains("CreationTimeout", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await holder.GetAsync()).Number);
        var late = new DisposableValue();
        hanging.SetResult(late);
        await late.Disposed;
        Assert.True(tokenOfFirst.IsCancellationRequested);
    }

    [Fact]
    public async Task Values_owned_by_others_are_not_disposed()
    {
        var holder = Holder(options => options.DisposesValues = false);
        var value = holder.Value;

        holder.Invalidate();
        await holder.DisposeAsync();

        Assert.False(value.IsDisposed);
    }

    [Fact]
    public async Task Disposing_the_holder_disposes_its_value_and_later_uses_throw()
    {
        var holder = Holder();
        var value = holder.Value;

        await holder.DisposeAsync();
        await holder.DisposeAsync();

        Assert.Equal(1, value.Disposals);
        Assert.Throws<ObjectDisposedException>(() => holder.Value);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => holder.GetAsync().AsTask());
    }

    [Fact]
    public async Task A_value_that_was_being_made_when_the_holder_was_disposed_is_disposed_too()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var value = new DisposableValue();
        var holder = new Warm<DisposableValue>(async _ =>
        {
            await gate.Task;
            return value;
        });
        var waiter = holder.GetAsync().AsTask();

        await holder.DisposeAsync();
        gate.SetResult();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiter);
        await value.Disposed;
    }

    [Fact]
    public async Task A_disposal_that_throws_is_logged_and_disturbs_nobody()
    {
        using var log = new LogCapture();
        var name = Guid.NewGuid().ToString();
        var holder = new Warm<ThrowingOnDispose>(static () => new ThrowingOnDispose(), new WarmOptions<ThrowingOnDispose> { Name = name });
        _ = holder.Value;

        await holder.DisposeAsync();

        Assert.Contains(
            log.Entries, entry => entry.EventName == "DisposalFailed" && entry.Message.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Under_32_readers_and_constant_replacement_nobody_gets_a_disposed_value()
    {
        var holder = new Warm<DisposableValue>(async _ =>
        {
            await Task.Yield();
            return new DisposableValue(Interlocked.Increment(ref _made));
        });
        using var stop = new CancellationTokenSource();
        var replacing = Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                holder.Invalidate();
                await Task.Yield();
            }

            await stop.CancelAsync();
        });
        var readers = Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            var reads = 0;

            // At least once, because on a busy machine a reader may begin when the replacing is over.
            do
            {
                await using var lease = await holder.LeaseAsync();
                Assert.False(lease.Value.IsDisposed);
                await Task.Yield();
                Assert.False(lease.Value.IsDisposed);
                reads++;
            }
            while (!stop.IsCancellationRequested);

            return reads;
        })).ToArray();

        await replacing;
        Assert.All(await Task.WhenAll(readers), static reads => Assert.True(reads > 0));
    }

    [Theory]
    [InlineData(nameof(WarmOptions<>.Lifetime), 0)]
    [InlineData(nameof(WarmOptions<>.Lifetime), -5)]
    [InlineData(nameof(WarmOptions<>.CreationTimeout), 0)]
    [InlineData(nameof(WarmOptions<>.CreationTimeout), 24 * 60 * 60 + 1)]
    [InlineData(nameof(WarmOptions<>.HealthCheckTimeout), 0)]
    [InlineData(nameof(WarmOptions<>.HealthCheckAfterIdle), -5)]
    public void An_absurd_option_is_refused_by_name(string option, int seconds)
    {
        var options = new WarmOptions<DisposableValue>();
        typeof(WarmOptions<DisposableValue>).GetProperty(option)!.SetValue(options, TimeSpan.FromSeconds(seconds));

        var exception =
            Assert.Throws<ArgumentOutOfRangeException>(() => new Warm<DisposableValue>(static () => new DisposableValue(), options));

        Assert.Equal(option, exception.ParamName);
        Assert.Contains($"WarmOptions.{option}", exception.Message, StringComparison.Ordinal);
    }

    private static Task<bool> Run(InvocationRunner runner, Task end, Action use) =>
        runner.RunAsync(new InvocationInfo { RequestId = TestEnvironments.NewRequestId() }, (end, use), static async (state, _) =>
        {
            state.use();
            await state.end;
            return true;
        });

    private Warm<DisposableValue> Holder(Action<WarmOptions<DisposableValue>>? configure = null)
    {
        var options = new WarmOptions<DisposableValue> { Environment = _environment };
        configure?.Invoke(options);
        return new Warm<DisposableValue>(() => new DisposableValue(++_made), options);
    }

    private sealed class ThrowingOnDispose : IDisposable
    {
        public void Dispose() => throw new IOException("already closed");
    }
}
