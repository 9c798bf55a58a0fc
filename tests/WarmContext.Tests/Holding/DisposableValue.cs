namespace WarmContext.Tests.Holding;

/// <summary>Stands for a client: knows its number and whether it is disposed.</summary>
internal sealed class DisposableValue(int number = 0) : IAsyncDisposable
{
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposals;

    public int Number => number;

    public int Disposals => Volatile.Read(ref _disposals);

    public bool IsDisposed => Disposals > 0;

    public Task Disposed => _disposed.Task;

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
