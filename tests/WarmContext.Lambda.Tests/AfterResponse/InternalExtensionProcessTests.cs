using System.Globalization;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>The internal extension in processes of their own, with real freezes. That Init ends at all is a part of each of these.</summary>
public sealed class InternalExtensionProcessTests
{
    [Fact]
    public async Task After_each_invocation_one_event_is_asked_for_when_the_work_is_done_and_no_caller_waits_for_it()
    {
        var latencies = (await Task.WhenAll(Enumerable.Range(0, 4).Select(RunAsync))).SelectMany(static each => each).Order().ToArray();

        // The median, because other work on the machine may delay any single one. Work takes 125 ms on average, never less than 50.
        Assert.InRange(latencies[latencies.Length / 2], 0, 40);
    }

    [Fact]
    public async Task A_handler_that_throws_answers_at_once_and_its_work_is_finished()
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse);
        await lambda.InvokeAsync("yielding", 1);
        await lambda.UntilFrozenAsync();

        var (_, answer, latency) = await lambda.InvokeAsync("yielding", 1000, tasks: 2, throws: true);

        Assert.Contains("the handler's own", answer, StringComparison.Ordinal);
        Assert.True(latency < TimeSpan.FromMilliseconds(900));
        await lambda.UntilFrozenAsync();
        Assert.Equal(3, lambda.Journal().Length);
    }

    [Fact]
    public async Task An_event_whose_handler_never_begins_does_not_keep_the_environment_until_its_timeout()
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse, null, ("REFUSES_INPUT", "yes"));
        await lambda.InvokeAsync("yielding", 1);

        await lambda.UntilFrozenAsync().WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Theory]
    [InlineData("stubborn")]
    [InlineData("blocking")]
    public async Task Work_that_will_not_end_before_the_deadline_is_abandoned_by_name_and_found_in_the_next_invocation(string kind)
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse, TimeSpan.FromSeconds(2));
        var (first, _, _) = await lambda.InvokeAsync(kind, 4000);
        await lambda.UntilFrozenAsync();
        Assert.Empty(lambda.Journal());

        await lambda.InvokeAsync("yielding", 1);
        await lambda.UntilFrozenAsync();

        await UntilLoggedAsync(lambda, "BackgroundTaskAbandoned", $"'{kind} 0'");
        await UntilLoggedAsync(lambda, "TaskOutlivedInvocation", first);
    }

    [Fact]
    public async Task A_poll_that_is_cut_while_work_goes_on_loses_nothing_then_and_nothing_later()
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse);
        var requests = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            if (i is 2 or 3)
            {
                // Between invocations the process is stopped: it notices when it goes on, with the event already on its way to the runtime alone.
                lambda.CutPoll();
                requests.Add((await lambda.InvokeWithoutEventAsync("yielding", 150)).RequestId);
            }
            else
            {
                requests.Add((await lambda.InvokeAsync("yielding", 150)).RequestId);
            }

            await lambda.UntilFrozenAsync();
            Assert.Equal(requests, lambda.Journal().Select(static line => line[0]));
        }
    }

    private static async Task<List<double>> RunAsync(int seed)
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse);
        var random = new Random(seed);
        var requests = new List<string>();
        var latencies = new List<double>();
        for (var i = 0; i < 25; i++)
        {
            var (id, answer, latency) = await lambda.InvokeAsync("yielding", random.Next(50, 201));
            Assert.Equal($"\"{id}\"", answer);
            await lambda.UntilFrozenAsync();
            requests.Add(id);
            if (i > 0)
            {
                latencies.Add(latency.TotalMilliseconds);
            }
        }

        // One event asked for in Init and one after each invocation: none too early, none left out.
        Assert.Equal(26, lambda.ExtensionPolls);
        var journal = lambda.Journal();
        Assert.Equal(requests, journal.Select(static line => line[0]));
        for (var i = 0; i < journal.Length; i++)
        {
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            Assert.Equal([requests[i], requests[i], number, number], journal[i]);
        }

        return latencies;
    }

    private static async Task UntilLoggedAsync(FreezingEnvironment lambda, string eventName, string detail)
    {
        for (var i = 0; i < 300; i++)
        {
            lock (lambda.Log)
            {
                if (lambda.Log.ToString().Split('\n').Any(line => line.Contains(eventName, StringComparison.Ordinal) && line.Contains(detail, StringComparison.Ordinal)))
                {
                    return;
                }
            }

            await Task.Delay(50);
        }

        Assert.Fail($"{eventName} with {detail} is not in the log:\n{lambda.Log}");
    }
}
