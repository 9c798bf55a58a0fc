using System.Diagnostics;
using Xunit.Abstractions;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>Events that never reach the wrapped handler: they hold the environment no longer than it takes to see that.</summary>
public sealed class EarlyReturnTests(ITestOutputHelper output)
{
    private const string Work = "LifecycleFunctions::LifecycleFunctions.EarlyHandlers::Work";

    private static readonly int s_events = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK") == "1" ? 10_000 : 300;

    /// <summary>Over the local environment's own host, and over one with an HttpClient, as Lambda's is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_that_never_reaches_the_handler_is_over_when_its_response_is_sent_and_no_other_loses_work(bool hasBootstrap)
    {
        await using var function = await LifecycleFunction.StartAsync(Work, BackgroundCompletion.AfterResponse, options =>
            options.Bootstrap = hasBootstrap ? Path.Combine(options.AssemblyDirectory, "LifecycleFunctions.dll") : null);
        var held = new List<double>();
        var expected = new List<string>();
        for (var i = 0; i < s_events; i++)
        {
            var payload = (i % 5) switch
            {
                0 => """{"Kind":"ping"}""",
                1 => "\"not an order\"",
                _ => """{"Kind":"work","Pieces":2}""",
            };
            var outcome = await function.Environment.InvokeAsync(payload);
            var answered = Stopwatch.GetTimestamp();
            await function.Environment.WaitUntilFrozenAsync();
            if (i % 5 < 2)
            {
                Assert.Equal(i % 5 == 0, outcome.IsSuccess);
                held.Add(Stopwatch.GetElapsedTime(answered).TotalMilliseconds);
            }
            else
            {
                expected.AddRange([outcome.EnsureSuccess().RequestId, outcome.RequestId]);
            }
        }

        output.WriteLine(
            $"bootstrap {hasBootstrap}: {held.Count} events held the environment {held.Average():0.0} ms on average, " +
            $"{held.Max():0.0} ms at most.");
        Assert.Equal(expected.Order(), function.Journal().Select(static line => line[0]).Order());
        Assert.True(held.Average() <= 50, $"They held it {held.Average():0.0} ms on average, {held.Max():0.0} ms at most.");
    }
}
