using BenchmarkDotNet.Attributes;

namespace WarmContext.Benchmarks.Background;

/// <summary>
/// What does it cost to have a task tracked, over the task itself? The baseline collects the tasks in a list and awaits them all, as code
/// without WarmContext would at best. Per task, 100 in an invocation; the invocation's own cost is spread over them.
/// Goal: at most 150 ns and 200 B.
/// </summary>
[MemoryDiagnoser]
public class TrackTaskBenchmarks
{
    private const int Tasks = 100;

    private static readonly InvocationInfo s_info = new() { RequestId = "8476a536-e9f4-11e8-9739-2dfe598c3fcd" };
    private readonly InvocationRunner _runner = new(
        new InvocationOptions { Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()) });

    [Benchmark(Baseline = true, OperationsPerInvoke = Tasks)]
    public async Task CollectAndAwait()
    {
        var tasks = new List<Task>(4);
        for (var i = 0; i < Tasks; i++)
        {
            tasks.Add(Work());
        }

        foreach (var task in tasks)
        {
            await task.ConfigureAwait(false);
        }
    }

    [Benchmark(OperationsPerInvoke = Tasks)]
    public Task<bool> Track() => _runner.RunAsync(s_info, 0, static (_, invocation) =>
    {
        for (var i = 0; i < Tasks; i++)
        {
            invocation.Background.Track("work", Work());
        }

        return Task.FromResult(true);
    });

    /// <summary>The baseline of <see cref="TrackUnfinished"/>.</summary>
    [Benchmark(OperationsPerInvoke = Tasks)]
    public async Task CollectUnfinishedAndAwait()
    {
        var tasks = new List<Task>(4);
        for (var i = 0; i < Tasks; i++)
        {
            var work = new TaskCompletionSource();
            tasks.Add(work.Task);
            work.SetResult();
        }

        foreach (var task in tasks)
        {
            await task.ConfigureAwait(false);
        }
    }

    /// <summary>Tasks that end after they were tracked, as most do.</summary>
    [Benchmark(OperationsPerInvoke = Tasks)]
    public Task<bool> TrackUnfinished() => _runner.RunAsync(s_info, 0, static (_, invocation) =>
    {
        for (var i = 0; i < Tasks; i++)
        {
            var work = new TaskCompletionSource();
            invocation.Background.Track("work", work.Task);
            work.SetResult();
        }

        return Task.FromResult(true);
    });

    // A new task each, already ended, so that tracking is measured and not the scheduler.
    private static Task<object> Work() => Task.FromResult(new object());
}
