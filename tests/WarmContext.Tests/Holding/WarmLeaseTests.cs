namespace WarmContext.Tests.Holding;

/// <summary>A replaced value lives for as long as it is used.</summary>
public sealed class WarmLeaseTests : HeldValue
{
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
        var runner = new InvocationRunner(new InvocationOptions { Environment = Environment });
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
    public async Task Under_32_readers_and_constant_replacement_nobody_gets_a_disposed_value()
    {
        var holder = new Warm<DisposableValue>(async _ =>
        {
            await Task.Yield();
            return new DisposableValue(Interlocked.Increment(ref Made));
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

    private static Task<bool> Run(InvocationRunner runner, Task end, Action use) =>
        runner.RunAsync(new InvocationInfo { RequestId = TestEnvironments.NewRequestId() }, (end, use), static async (state, _) =>
        {
            state.use();
            await state.end;
            return true;
        });
}
