namespace WarmContext.Files.Tests.Support;

/// <summary>A body that says when it is asked for, and comes when a test lets it.</summary>
internal sealed class GatedStream(Stream inner, TaskCompletionSource asked, Task gate) : MemoryStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        asked.TrySetResult();
        await gate.WaitAsync(cancellationToken);
        return await inner.ReadAsync(buffer, cancellationToken);
    }
}
