using System.Globalization;
using WarmContext.Testing;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>
/// Invocations (200, and 1,000 with WARMCONTEXT_SOAK=1), each with 50 to 200 ms of background work, in environments that are frozen at once
/// after each: no work may be lost, or end in an invocation that isn't its own.
/// </summary>
/// <remarks>
/// Whether a caller waited is not judged by the time it took, which on a busy machine tells nothing: "gated" work goes on only when its
/// caller has the answer.
/// </remarks>
internal static class FreezeStress
{
    // Most of an invocation is waiting, so several environments share the machine.
    private const int Environments = 10;
    private static readonly int s_invocationsEach = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK") == "1" ? 100 : 20;

    /// <summary>Runs them; how long each caller waited, and how long its work took.</summary>
    public static async Task<IReadOnlyList<(TimeSpan Latency, int WorkMilliseconds)>> RunBeforeReturnAsync(
        Func<Task<LifecycleFunction>> start) =>
        [.. (await RunAsync(start, "yielding")).Select(static figure => (figure.Latency, figure.WorkMilliseconds))];

    /// <summary>Runs them; whether each but the first of an environment was answered while its work still had to go on.</summary>
    public static async Task<IReadOnlyList<bool>> RunAfterResponseAsync(Func<Task<LifecycleFunction>> start) =>
        [.. (await RunAsync(start, "gated")).Select(static figure => figure.AnswerCameFirst)];

    private static async Task<IEnumerable<(TimeSpan Latency, int WorkMilliseconds, bool AnswerCameFirst)>> RunAsync(
        Func<Task<LifecycleFunction>> start, string kind) =>
        (await Task.WhenAll(Enumerable.Range(0, Environments).Select(seed => RunAsync(start, kind, seed)))).SelectMany(
            static figures => figures);

    private static async Task<List<(TimeSpan Latency, int WorkMilliseconds, bool AnswerCameFirst)>> RunAsync(
        Func<Task<LifecycleFunction>> start, string kind, int seed)
    {
        await using var function = await start();
        var random = new Random(seed);
        var outcomes = new List<(TimeSpan Latency, int WorkMilliseconds)>();
        var requests = new List<string>();
        for (var i = 0; i < s_invocationsEach; i++)
        {
            var milliseconds = random.Next(50, 201);
            var outcome = (await function.InvokeAsync(kind, milliseconds)).EnsureSuccess();
            function.TellAnswered(outcome.RequestId);
            await function.Environment.WaitUntilFrozenAsync();
            requests.Add(outcome.RequestId);
            outcomes.Add((outcome.Duration, milliseconds));
        }

        var journal = function.Journal();
        Assert.Equal(requests, journal.Select(static line => line[0]));
        for (var i = 0; i < journal.Length; i++)
        {
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            Assert.Equal([requests[i], requests[i], number, number], journal[i][..4]);
        }

        // The first one compiles the handler.
        return [.. outcomes.Zip(
            journal, static (outcome, line) => (outcome.Latency, outcome.WorkMilliseconds, line[^1] == "told")).Skip(1)];
    }
}
