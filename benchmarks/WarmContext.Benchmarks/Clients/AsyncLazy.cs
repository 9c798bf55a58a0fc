namespace WarmContext.Benchmarks.Clients;

/// <summary>The holder that many code bases have a copy of: a Lazy of a task. It keeps a failed task as it keeps a value.</summary>
internal sealed class AsyncLazy<T>(Func<Task<T>> factory)
{
    private readonly Lazy<Task<T>> _task = new(factory);

    public Task<T> Value => _task.Value;
}
