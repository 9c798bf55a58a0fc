using System.Globalization;
using System.Net;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>
/// The internal extension in processes of their own, with real freezes. That Init ends at all is a part of each of these.
/// </summary>
public sealed class InternalExtensionProcessTests
{
    [Fact]
    public async Task After_each_invocation_one_event_is_asked_for_when_the_work_is_done_and_no_caller_waits_for_it()
    {
        var answeredFirst = (await Task.WhenAll(Enumerable.Range(0, 4).Select(RunAsync))).SelectMany(static each => each).ToArray();

        // Not each of them: a handler that a busy machine keeps from beginning within a second of its event finishes its work before the
        // return.
        Assert.True(
            answeredFirst.Count(static first => first) > answeredFirst.Length / 2,
            $"{answeredFirst.Count(static first => first)} of {answeredFirst.Length} answers came before the work's end.");
    }

    [Fact]
    public async Task A_handler_that_throws_answers_at_once_and_its_work_is_finished()
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse);
        await lambda.InvokeAsync("yielding", 1);
        await lambda.UntilFrozenAsync();

        var (id, answer, _) = await lambda.InvokeAsync("gated", 1, tasks: 2, throws: true);
        lambda.TellAnswered(id);

        Assert.Contains("the handler's own", answer, StringComparison.Ordinal);
        await lambda.UntilFrozenAsync();
        Assert.Equal(["told", "told"], lambda.Journal().Skip(1).Select(static line => line[^1]));
    }

    [Fact]
    public async Task An_event_whose_handler_never_begins_does_not_keep_the_environment_until_its_timeout()
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse, null, ("REFUSES_INPUT", "yes"));
        await lambda.InvokeAsync("yielding", 1);

        await lambda.UntilFrozenAsync().WaitAsync(TimeSpan.FromSeconds(25));
    }

    [Theory]
    [InlineData("stubborn")]
    [InlineData("blocking")]
    public async Task Work_that_will_not_end_before_the_deadline_is_abandoned_by_name_and_found_in_the_next_invocation(string kind)
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse, TimeSpan.FromSeconds(2));
        var (first, _, _) = await lambda.InvokeAsync(kind, 60_000);
        await lambda.UntilFrozenAsync();
        Assert.Empty(lambda.Journal());

        await lambda.InvokeAsync("yielding", 1);
        await lambda.UntilFrozenAsync();

        await UntilLoggedAsync(lambda, "BackgroundTaskAbandoned", $"'{kind} 0'");
        await UntilLoggedAsync(lambda, "TaskOutlivedInvocation", first);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Where_registration_is_refused_the_work_is_finished_before_the_return_with_one_warning(HttpStatusCode status)
    {
        await using var lambda = await FreezingEnvironment.StartRefusingAsync(status, TimeSpan.Zero);
        for (var i = 1; i <= 3; i++)
        {
            var (_, _, latency) = await lambda.InvokeAsync("yielding", 100);
            Assert.True(latency >= TimeSpan.FromMilliseconds(85));
            await lambda.UntilFrozenAsync();
            Assert.Equal(i, lambda.Journal().Length);
        }

        Assert.Equal(0, lambda.ExtensionPolls);
        await UntilLoggedAsync(lambda, "ExtensionUnavailable", ((int)status).ToString(CultureInfo.InvariantCulture));
        Assert.Single(lambda.Log.ToString().Split('\n'), static line => line.Contains("ExtensionUnavailable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_slow_registration_neither_hangs_Init_nor_loses_work()
    {
        // Longer than Init waits for it (5 s). It is honoured when it comes, without which Init would never end.
        await using var lambda = await FreezingEnvironment.StartRefusingAsync(HttpStatusCode.OK, TimeSpan.FromSeconds(6));
        for (var i = 1; i <= 3; i++)
        {
            await lambda.InvokeAsync("yielding", 100);
            await lambda.UntilFrozenAsync();
            Assert.Equal(i, lambda.Journal().Length);
        }
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
                // Between invocations the process is stopped: it notices when it goes on, with the event already on its way to the runtime
                // alone.
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

    private static async Task<IEnumerable<bool>> RunAsync(int seed)
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse);
        var random = new Random(seed);
        var requests = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            var (id, answer, _) = await lambda.InvokeAsync("gated", random.Next(50, 201));
            lambda.TellAnswered(id);
            Assert.Equal($"\"{id}\"", answer);
            await lambda.UntilFrozenAsync();
            requests.Add(id);
        }

        // One event asked for in Init and one after each invocation: none too early, none left out.
        Assert.Equal(26, lambda.ExtensionPolls);
        var journal = lambda.Journal();
        Assert.Equal(requests, journal.Select(static line => line[0]));
        for (var i = 0; i < journal.Length; i++)
        {
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            Assert.Equal([requests[i], requests[i], number, number], journal[i][..4]);
        }

        return journal.Skip(1).Select(static line => line[^1] == "told");
    }

    private static async Task UntilLoggedAsync(FreezingEnvironment lambda, string eventName, string detail)
    {
        for (var i = 0; i < 300; i++)
        {
            lock (lambda.Log)
            {
                if (lambda.Log.ToString().Split('\n').Any(
                    line => line.Contains(eventName, StringComparison.Ordinal) && line.Contains(detail, StringComparison.Ordinal)))
                {
                    return;
                }
            }

            await Task.Delay(50);
        }

        Assert.Fail($"{eventName} with {detail} is not in the log:\n{lambda.Log}");
    }
}
