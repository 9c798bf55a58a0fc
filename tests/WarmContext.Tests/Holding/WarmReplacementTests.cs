namespace WarmContext.Tests.Holding;

/// <summary>Values that are invalidated, and factories that are given up.</summary>
public sealed class WarmReplacementTests : HeldValue
{
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
    public async Task A_value_invalidated_while_it_isMade_reaches_its_waiters_and_nobody_else()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = new Warm<DisposableValue>(
            async _ =>
            {
                var number = Interlocked.Increment(ref Made);
                await gate.Task;
                return new DisposableValue(number);
            },
            new WarmOptions<DisposableValue> { Environment = Environment });
        var waiter = holder.GetAsync().AsTask();

        holder.Invalidate();
        gate.SetResult();

        Assert.Equal(1, (await waiter).Number);
        Assert.Equal(2, (await holder.GetAsync()).Number);
    }

    [Fact]
    public async Task Who_asks_after_an_invalidation_gets_a_valueMade_after_it_though_one_is_still_beingMade()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var old = new DisposableValue(1);
        var holder = new Warm<DisposableValue>(
            async _ =>
            {
                if (++Made > 1)
                {
                    return new DisposableValue(Made);
                }

                await gate.Task;
                return old;
            },
            new WarmOptions<DisposableValue> { Environment = Environment });
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
    public async Task An_asynchronous_factory_that_hangs_is_given_up_and_tried_again_and_its_late_value_disposed()
    {
        var hanging = new TaskCompletionSource<DisposableValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = CancellationToken.None;
        var holder = new Warm<DisposableValue>(
            cancellation =>
            {
                token = cancellation;
                return ++Made == 1 ? hanging.Task : Task.FromResult(new DisposableValue(Made));
            },
            new WarmOptions<DisposableValue> { Environment = Environment, CreationTimeout = TimeSpan.FromSeconds(5), Name = "tokens" });
        var first = holder.GetAsync().AsTask();
        var tokenOfFirst = token;

        Time.Advance(TimeSpan.FromSeconds(5));

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.Contains("tokens", exception.Message, StringComparison.Ordinal);
        Assert.Contains("CreationTimeout", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await holder.GetAsync()).Number);
        var late = new DisposableValue();
        hanging.SetResult(late);
        await late.Disposed;
        Assert.True(tokenOfFirst.IsCancellationRequested);
    }
}
