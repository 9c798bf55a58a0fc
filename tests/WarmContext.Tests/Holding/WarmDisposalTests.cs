using WarmContext.TestSupport;

namespace WarmContext.Tests.Holding;

/// <summary>What is disposed, by whom, and what that does.</summary>
public sealed class WarmDisposalTests : HeldValue
{
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
    public async Task A_value_that_was_beingMade_when_the_holder_was_disposed_is_disposed_too()
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

    private sealed class ThrowingOnDispose : IDisposable
    {
        public void Dispose() => throw new IOException("already closed");
    }
}
