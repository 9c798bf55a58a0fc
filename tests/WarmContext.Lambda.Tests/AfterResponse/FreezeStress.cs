using System.Globalization;
using WarmContext.Testing;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>
/// Invocations (200, and 1,000 with WARMCONTEXT_SOAK=1), each with 50 to 200 ms of background work, in environments that are frozen at once after each: no work may be lost, or
/// end in an invocation that isn't its own.
/// </summary>
internal static class FreezeStress
{
    // Most of an invocation is waiting, so several environments share the machine.
    private const int Environments = 10;
    private static readonly int s_invocationsEach = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK") == "1" ? 100 : 20;

    public static async Task<IReadOnlyList<(TimeSpan Latency, int WorkMilliseconds)>> RunAsync(Func<Task<LifecycleFunction>> start) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, Environments).Select(seed => RunAsync(start, seed)))).SelectMany(static figures => figures)];

    private static async Task<List<(TimeSpan Latency, int WorkMilliseconds)>> RunAsync(Func<Task<LifecycleFunction>> start, int seed)
    {
        await using var function = await start();
        var random = new Random(seed);
        var figures = new List<(TimeSpan, int)>();
        var requests = new List<string>();
        for (var i = 0; i < s_invocationsEach; i++)
        {
            var milliseconds = random.Next(50, 201);
            var outcome = (await function.InvokeAsync("yielding", milliseconds)).EnsureSuccess();
            await function.Environment.WaitUntilFrozenAsync();
            requests.Add(outcome.RequestId);

            // The first one compiles the handler.
            if (i > 0)
            {
                figures.Add((outcome.Duration, milliseconds));
            }
        }

        var journal = function.Journal();
        Assert.Equal(requests, journal.Select(static line => line[0]));
        for (var i = 0; i < journal.Length; i++)
        {
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            Assert.Equal([requests[i], requests[i], number, number], journal[i]);
        }

        return figures;
    }
}
