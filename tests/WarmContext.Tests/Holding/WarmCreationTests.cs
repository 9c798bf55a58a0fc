namespace WarmContext.Tests.Holding;

public sealed class WarmCreationTests
{
    [Fact]
    public void Nothing_is_made_before_the_first_use()
    {
        var made = 0;
        var holder = new Warm<DisposableValue>(() => new DisposableValue(++made));

        Assert.Equal(0, made);
        Assert.False(holder.IsReady);
        Assert.Equal(1, holder.Value.Number);
        Assert.True(holder.IsReady);
    }

    [Fact]
    public async Task Every_way_of_reading_gives_the_same_value()
    {
        var made = 0;
        var holder = new Warm<DisposableValue>(() => new DisposableValue(++made));

        var value = holder.Value;

        Assert.Same(value, await holder.GetAsync());
        await using var lease = await holder.LeaseAsync();
        Assert.Same(value, lease.Value);
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task An_asynchronous_factory_runs_once_for_32_callers_at_once()
    {
        var made = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = new Warm<DisposableValue>(async _ =>
        {
            Interlocked.Increment(ref made);
            await gate.Task;
            return new DisposableValue(made);
        });

        var callers = Enumerable.Range(0, 32).Select(_ => Task.Run(async () => await holder.GetAsync())).ToArray();
        gate.SetResult();
        var values = await Task.WhenAll(callers);

        Assert.Equal(1, made);
        Assert.Single(values.Distinct());
    }

    [Fact]
    public async Task A_synchronous_factory_runs_once_for_32_threads_at_once()
    {
        var made = 0;
        using var entered = new ManualResetEventSlim();
        using var open = new ManualResetEventSlim();
        var holder = new Warm<DisposableValue>(() =>
        {
            Interlocked.Increment(ref made);
            entered.Set();
            open.Wait();
            return new DisposableValue();
        });

        var threads = Enumerable.Range(0, 32).Select(_ => Task.Factory.StartNew(
            () => holder.Value, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        entered.Wait();
        open.Set();

        Assert.Single((await Task.WhenAll(threads)).Distinct());
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task A_failure_reaches_every_waiter_and_the_next_use_tries_again()
    {
        var attempts = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failure = new InvalidOperationException("no route to secrets");
        var holder = new Warm<DisposableValue>(async _ =>
        {
            if (Interlocked.Increment(ref attempts) == 1)
            {
                await gate.Task;
                throw failure;
            }

            return new DisposableValue(attempts);
        });

        var waiters = Enumerable.Range(0, 8).Select(_ => holder.GetAsync().AsTask()).ToArray();
        gate.SetResult();

        foreach (var waiter in waiters)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => waiter));
        }

        Assert.Equal(2, (await holder.GetAsync()).Number);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public void A_synchronous_failure_is_not_kept()
    {
        var attempts = 0;
        var holder = new Warm<DisposableValue>(() => ++attempts == 1 ? throw new IOException("first") : new DisposableValue(attempts));

        Assert.Throws<IOException>(() => holder.Value);
        Assert.Equal(2, holder.Value.Number);
    }

    [Fact]
    public async Task One_callers_cancellation_cancels_neither_the_factory_nor_the_others()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tokenOfFactory = CancellationToken.None;
        var holder = new Warm<DisposableValue>(async token =>
        {
            tokenOfFactory = token;
            await gate.Task;
            return new DisposableValue(7);
        });
        using var giveUp = new CancellationTokenSource();

        var first = holder.GetAsync(giveUp.Token).AsTask();
        var second = holder.GetAsync().AsTask();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(tokenOfFactory.IsCancellationRequested);
        gate.SetResult();
        Assert.Equal(7, (await second).Number);
    }

    [Fact]
    public async Task A_caller_that_has_given_up_already_starts_nothing()
    {
        var made = 0;
        var holder = new Warm<DisposableValue>(() => new DisposableValue(++made));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holder.GetAsync(new CancellationToken(canceled: true)).AsTask());

        Assert.Equal(0, made);
    }

    [Fact]
    public async Task The_factory_runs_outside_the_invocation_that_happened_to_ask_first()
    {
        Invocation? seen = null;
        var holder = new Warm<DisposableValue>(async _ =>
        {
            await Task.Yield();
            seen = Invocation.CurrentOrDefault;
            return new DisposableValue();
        });
        var runner = new InvocationRunner(new InvocationOptions { Environment = TestEnvironments.Create() });

        var after = await runner.RunAsync(new InvocationInfo { RequestId = "r" }, holder, static async (holder, invocation) =>
        {
            await holder.GetAsync();
            return Invocation.CurrentOrDefault == invocation;
        });

        Assert.Null(seen);
        Assert.True(after);
    }

    [Fact]
    public async Task A_factory_that_uses_its_own_holder_is_told_instead_of_waiting_for_ever()
    {
        Warm<DisposableValue>? holder = null;
        holder = new Warm<DisposableValue>(async token =>
        {
            await Task.Yield();
            return await holder!.GetAsync(token);
        });

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => holder.GetAsync().AsTask());

        Assert.Contains("wait for itself", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_holders_that_need_each_other_are_told_too()
    {
        Warm<DisposableValue>? second = null;
        var first = new Warm<DisposableValue>(async token => await second!.GetAsync(token));
        second = new Warm<DisposableValue>(async token => await first.GetAsync(token));

        await Assert.ThrowsAsync<InvalidOperationException>(() => first.GetAsync().AsTask());
    }

    [Fact]
    public void A_factory_that_returns_null_is_named()
    {
        var holder = new Warm<DisposableValue>(() => null!, new WarmOptions<DisposableValue> { Name = "orders client" });

        Assert.Contains(
            "orders client returned null", Assert.Throws<InvalidOperationException>(() => holder.Value).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_asynchronous_factory_that_returns_no_task_is_named()
    {
        var holder = new Warm<DisposableValue>(_ => null!);

        Assert.Contains("null instead of a Task",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => holder.GetAsync().AsTask())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_blocks_safely_under_a_synchronization_context()
    {
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new NeverRunningContext());
        try
        {
            var holder = new Warm<DisposableValue>(async _ =>
            {
                await Task.Yield();
                return new DisposableValue(3);
            });

            Assert.Equal(3, holder.Value.Number);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(previous);
        }
    }

    [Fact]
    public async Task Reading_a_ready_value_allocates_nothing()
    {
        var holder = new Warm<DisposableValue>(() => new DisposableValue());
        _ = holder.Value;
        _ = await holder.GetAsync();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = holder.Value;
            _ = await holder.GetAsync();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Holding_a_task_is_refused_with_the_remedy() =>
        Assert.Contains("asynchronous factory",
            Assert.Throws<ArgumentException>(() => new Warm<Task<string>>(() => Task.FromResult("x"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_null_factory_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new Warm<string>((Func<string>)null!));
        Assert.Throws<ArgumentNullException>(() => new Warm<string>((Func<CancellationToken, Task<string>>)null!));
    }

    /// <summary>A context whose thread is busy, like a user interface's: what is posted never runs.</summary>
    private sealed class NeverRunningContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_holders_that_read_each_other_from_two_threads_fail_with_both_names_and_wait_for_nothing(bool asynchronous)
    {
        using var both = new Barrier(2);
        var first = new Holders();
        first.One = Make("one", () => first.Two!);
        first.Two = Make("two", () => first.One!);

        var one = Task.Factory.StartNew(() => first.One.Value, TaskCreationOptions.LongRunning);
        var two = Task.Factory.StartNew(() => first.Two.Value, TaskCreationOptions.LongRunning);
        var errors = await Task.WhenAll(Failure(one), Failure(two)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.All(errors, static error =>
        {
            Assert.Contains("'one'", error.Message, StringComparison.Ordinal);
            Assert.Contains("'two'", error.Message, StringComparison.Ordinal);
        });

        Warm<DisposableValue> Make(string name, Func<Warm<DisposableValue>> other)
        {
            var options = new WarmOptions<DisposableValue> { Name = $"'{name}'" };
            return asynchronous
                ? new Warm<DisposableValue>(
                    async _ =>
                    {
                        await Task.Factory.StartNew(both.SignalAndWait, TaskCreationOptions.LongRunning);
                        return await other().GetAsync(CancellationToken.None);
                    },
                    options)
                : new Warm<DisposableValue>(
                    () =>
                    {
                        both.SignalAndWait();
                        return other().Value;
                    },
                    options);
        }

        static async Task<Exception> Failure(Task<DisposableValue> task) =>
            await Assert.ThrowsAsync<InvalidOperationException>(() => task);
    }

    [Fact]
    public async Task A_holder_may_use_another_that_is_being_made_elsewhere()
    {
        using var entered = new ManualResetEventSlim();
        using var open = new ManualResetEventSlim();
        var client = new Warm<DisposableValue>(() =>
        {
            entered.Set();
            open.Wait();
            return new DisposableValue(1);
        });
        var service = new Warm<DisposableValue>(() =>
        {
            open.Set();
            return new DisposableValue(client.Value.Number + 1);
        });
        var making = Task.Factory.StartNew(() => client.Value, TaskCreationOptions.LongRunning);
        entered.Wait();

        Assert.Equal(2, service.Value.Number);
        await making;
    }

    private sealed class Holders
    {
        public Warm<DisposableValue>? One { get; set; }

        public Warm<DisposableValue>? Two { get; set; }
    }
}
