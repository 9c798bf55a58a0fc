using System.Globalization;
using System.Net;
using WarmContext.Testing;
using WarmContext.Testing.Model.Options;

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
        await using var function = await StartAsync();
        await function.InvokeAsync("yielding", 1);

        var outcome = await function.InvokeAsync("gated", 1, tasks: 2, throws: true);
        function.TellAnswered(outcome.RequestId);

        Assert.Equal("the handler's own", outcome.Error?.Message);
        await function.Environment.WaitUntilFrozenAsync();
        Assert.Equal(["told", "told"], function.Journal().Skip(1).Select(static line => line[^1]));
    }

    [Fact]
    public async Task An_event_whose_handler_never_begins_does_not_keep_the_environment_until_its_timeout()
    {
        await using var function = await StartAsync(static options => options.Environment["REFUSES_INPUT"] = "yes");
        Assert.Equal("not an order", (await function.InvokeAsync("yielding", 1)).Error?.Message);

        await function.Environment.WaitUntilFrozenAsync().WaitAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(1, function.Environment.ProcessCount);
    }

    [Theory]
    [InlineData("stubborn")]
    [InlineData("blocking")]
    public async Task Work_that_will_not_end_before_the_deadline_is_abandoned_by_name_and_found_in_the_next_invocation(string kind)
    {
        await using var function = await StartAsync(static options =>
        {
            options.Timeout = TimeSpan.FromSeconds(6);
            options.Environment["MARGIN"] = "4000";
        });
        var first = (await function.InvokeAsync(kind, 60_000)).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();
        Assert.Empty(function.Journal());

        (await function.InvokeAsync("yielding", 1)).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();

        Assert.Equal(1, function.Environment.ProcessCount);
        Assert.Single(function.LogLines("BackgroundTaskAbandoned", $"'{kind} 0'"));
        Assert.Single(function.LogLines("TaskOutlivedInvocation", first.RequestId));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Where_registration_is_refused_the_work_is_finished_before_the_return_with_one_warning(HttpStatusCode status)
    {
        var faults = new ExtensionFaults { RegistrationRefusal = (int)status };
        await using var function = await StartAsync(options => options.ExtensionFaults = faults);
        for (var i = 1; i <= 3; i++)
        {
            Assert.True((await function.InvokeAsync("yielding", 100)).Duration >= TimeSpan.FromMilliseconds(85));
            await function.Environment.WaitUntilFrozenAsync();
            Assert.Equal(i, function.Journal().Length);
        }

        Assert.Equal(0, faults.EventRequests);
        Assert.Contains(
            ((int)status).ToString(CultureInfo.InvariantCulture), Assert.Single(function.LogLines("ExtensionUnavailable")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_registration_neither_hangs_Init_nor_loses_work()
    {
        // Longer than Init waits for it (5 s). It is honoured when it comes, without which Init would never end.
        var faults = new ExtensionFaults { RegistrationTime = TimeSpan.FromSeconds(6) };
        await using var function = await StartAsync(options => options.ExtensionFaults = faults);
        Assert.True(function.Environment.InitDuration >= TimeSpan.FromSeconds(6));
        for (var i = 1; i <= 3; i++)
        {
            (await function.InvokeAsync("yielding", 100)).EnsureSuccess();
            await function.Environment.WaitUntilFrozenAsync();
            Assert.Equal(i, function.Journal().Length);
        }
    }

    [Fact]
    public async Task A_poll_that_is_cut_while_work_goes_on_loses_nothing_then_and_nothing_later()
    {
        var faults = new ExtensionFaults();
        await using var function = await StartAsync(options => options.ExtensionFaults = faults);
        var requests = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            if (i is 2 or 3)
            {
                // Between invocations the process is stopped: it notices when it goes on, with the event already on its way to the runtime
                // alone.
                faults.CutEventRequests();
            }

            requests.Add((await function.InvokeAsync("yielding", 150)).EnsureSuccess().RequestId);
            await function.Environment.WaitUntilFrozenAsync();
            Assert.Equal(requests, function.Journal().Select(static line => line[0]));
        }

        Assert.Equal(7, faults.EventRequests);
    }

    private static Task<LifecycleFunction> StartAsync(Action<LocalFunctionOptions>? configure = null) =>
        LifecycleFunction.StartAsync("LifecycleFunctions", BackgroundCompletion.AfterResponse, options =>
        {
            options.Environment["GATE"] = "no";
            options.Environment["MECHANISM"] = "InternalExtension";
            configure?.Invoke(options);
        });

    private static async Task<IEnumerable<bool>> RunAsync(int seed)
    {
        var faults = new ExtensionFaults();
        await using var function = await StartAsync(options => options.ExtensionFaults = faults);
        var random = new Random(seed);
        var requests = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            var outcome = (await function.InvokeAsync("gated", random.Next(50, 201))).EnsureSuccess();
            function.TellAnswered(outcome.RequestId);
            Assert.Equal($"\"{outcome.RequestId}\"", outcome.PayloadText);
            await function.Environment.WaitUntilFrozenAsync();
            requests.Add(outcome.RequestId);
        }

        // One event asked for in Init and one after each invocation: none too early, none left out.
        Assert.Equal(26, faults.EventRequests);
        var journal = function.Journal();
        Assert.Equal(requests, journal.Select(static line => line[0]));
        for (var i = 0; i < journal.Length; i++)
        {
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            Assert.Equal([requests[i], requests[i], number, number], journal[i][..4]);
        }

        return journal.Skip(1).Select(static line => line[^1] == "told");
    }
}
