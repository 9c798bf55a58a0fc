using System.Diagnostics;
using WarmContext.Testing;

namespace WarmContext.Lambda.Tests.Handlers;

/// <summary>Managed Instances: one process that serves 32 invocations at once and is never frozen.</summary>
public sealed class ManagedInstancesTests
{
    private const string Work = "LifecycleFunctions::LifecycleFunctions.BackgroundHandlers::Work";
    private const int Concurrency = 32;

    [Fact]
    public async Task Of_many_invocations_32_at_a_time_none_loses_work_or_waits_for_it()
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse);
        var total = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK") == "1" ? 1000 : 200;
        var left = total;
        var ids = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(async seed =>
        {
            var random = new Random(seed);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var outcome = (await function.InvokeAsync("gated", random.Next(50, 201))).EnsureSuccess();
                function.TellAnswered(outcome.RequestId);
                lock (ids)
                {
                    ids.Add(outcome.RequestId);
                }
            }
        }));
        var journal = await JournalAsync(function, total);

        Assert.All(journal, static line => Assert.Equal(line[0], line[1]));
        Assert.Equal(ids.Order(), journal.Select(static line => line[0]).Order());

        // The work went on only when the caller had its answer.
        Assert.All(journal, static line => Assert.Equal("told", line[^1]));

        // No extension was registered: only those get time to shut down.
        Assert.Equal(TimeSpan.Zero, (await function.Environment.ShutdownAsync()).Limit);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("96")]
    public async Task A_first_burst_that_waits_for_threads_is_reported_once_with_the_remedy(string? minThreads)
    {
        await using var function = await LifecycleFunction.StartAsync(Work, BackgroundCompletion.BeforeReturn, options =>
        {
            options.InitializationType = InitializationType.ManagedInstances;
            options.MaxConcurrency = Concurrency;
            if (minThreads is not null)
            {
                options.Environment["AWS_LAMBDA_DOTNET_MIN_THREADS"] = minThreads;
            }
        });

        // Each waits until all have begun, so they need a thread each at the same time.
        await Task.WhenAll(
            Enumerable.Range(0, Concurrency).Select(_ => function.InvokeAsync("yielding", 1, invocations: Concurrency)));

        var reports = function.Environment.ReadLog().Where(
            static line => line.Contains("ThreadPoolStalled", StringComparison.Ordinal)).ToArray();
        Assert.Equal(minThreads is null ? 1 : 0, reports.Length);
        Assert.All(
            reports, static line => Assert.Contains("AWS_LAMBDA_DOTNET_MIN_THREADS=64", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Thirty_two_invocations_at_once_that_mix_tasks_of_every_kind_keep_them_apart()
    {
        await using var function = await StartAsync(BackgroundCompletion.BeforeReturn);
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, Concurrency).Select(_ => function.InvokeAsync("mixed", 100, tasks: 10, invocations: Concurrency)));

        // Of ten tasks two fail, two add another each, and all others leave a line.
        var journal = function.Journal();
        Assert.Equal(Concurrency * 10, journal.Length);
        Assert.All(journal, static line => Assert.Equal(line[0], line[1]));
        Assert.All(outcomes, outcome => Assert.Equal(10, journal.Count(line => line[0] == outcome.EnsureSuccess().RequestId)));

        // Each handler waited until all had begun, so all of them ran at once.
        var failures = function.Environment.ReadLog().Where(
            static line => line.Contains("BackgroundTaskFailed", StringComparison.Ordinal)).ToArray();
        Assert.Equal(Concurrency * 2, failures.Length);
        Assert.All(
            outcomes, outcome => Assert.Equal(2, failures.Count(line => line.Contains(outcome.RequestId, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_handler_that_goes_on_past_its_deadline_is_given_up_then_and_the_others_are_left_alone()
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse, TimeSpan.FromSeconds(8));
        await function.InvokeAsync("yielding", 1);
        var begun = Stopwatch.GetTimestamp();
        var late = function.InvokeAsync("yielding", 1, handlerMilliseconds: 60_000);
        var others = await Task.WhenAll(
            Enumerable.Range(0, Concurrency - 1).Select(_ => function.InvokeAsync("yielding", 100, handlerMilliseconds: 1000)));
        var outcome = await late;

        Assert.Equal("TimeoutException", outcome.Error?.Type?.Split('.')[^1]);
        Assert.Contains("DeadlineToken", outcome.Error?.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 7.8, 50);
        Assert.All(others, static other => other.EnsureSuccess());
        Assert.Equal(1, function.Environment.ProcessCount);
    }

    private static Task<LifecycleFunction> StartAsync(BackgroundCompletion completion, TimeSpan? timeout = null) =>
        LifecycleFunction.StartAsync(Work, completion, options =>
        {
            options.InitializationType = InitializationType.ManagedInstances;
            options.MaxConcurrency = Concurrency;
            options.Timeout = timeout ?? options.Timeout;
        });

    private static async Task<string[][]> JournalAsync(LifecycleFunction function, int lines)
    {
        for (var i = 0; i < 200 && function.Journal().Length < lines; i++)
        {
            await Task.Delay(50);
        }

        return function.Journal();
    }
}
