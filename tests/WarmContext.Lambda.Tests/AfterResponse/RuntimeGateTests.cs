using System.Net;
using WarmContext.Lambda.AfterResponse;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>Executable functions in processes of their own, with real freezes.</summary>
public sealed class RuntimeGateTests
{
    [Fact]
    public async Task Of_many_invocations_frozen_at_once_none_loses_work_and_no_caller_waits_for_it()
    {
        var answeredFirst = await FreezeStress.RunAfterResponseAsync(static () => StartAsync(BackgroundCompletion.AfterResponse));

        Assert.All(answeredFirst, Assert.True);
    }

    [Fact]
    public async Task Before_return_the_caller_waits_and_none_of_many_loses_work()
    {
        var figures = await FreezeStress.RunBeforeReturnAsync(static () => StartAsync(BackgroundCompletion.BeforeReturn));

        // Timers are a few milliseconds coarse.
        Assert.All(figures, static figure => Assert.True(figure.Latency.TotalMilliseconds >= figure.WorkMilliseconds - 15));
    }

    [Fact]
    public async Task A_function_without_the_gate_finishes_its_work_before_the_return_with_one_warning()
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse, null, ("GATE", "no"));
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await function.InvokeAsync("yielding", 100)).Duration >= TimeSpan.FromMilliseconds(85));
        }

        await function.Environment.WaitUntilFrozenAsync();
        Assert.Equal(3, function.Journal().Length);
        Assert.Contains(
            "UseHttpClient",
            Assert.Single(function.Environment.ReadLog(), static line => line.Contains("NoRuntimeGate", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_throws_answers_at_once_and_its_work_is_finished()
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse);
        await function.InvokeAsync("yielding", 1);

        var outcome = await function.InvokeAsync("gated", 1, tasks: 2, throws: true);
        function.TellAnswered(outcome.RequestId);

        Assert.Equal("the handler's own", outcome.Error?.Message);
        await function.Environment.WaitUntilFrozenAsync();
        Assert.Equal(["told", "told"], function.Journal().Skip(1).Select(static line => line[^1]));
    }

    [Theory]
    [InlineData("stubborn")]
    [InlineData("blocking")]
    public async Task Work_that_will_not_end_before_the_deadline_is_abandoned_by_name_and_found_in_the_next_invocation(string kind)
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse, TimeSpan.FromSeconds(6), ("MARGIN", "4000"));
        var first = (await function.InvokeAsync(kind, 60_000)).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();
        Assert.Empty(function.Journal());
        Assert.Equal(1, function.Environment.ProcessCount);

        (await function.InvokeAsync("yielding", 1)).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();

        var log = function.Environment.ReadLog();
        Assert.Contains(
            log,
            line => line.Contains("BackgroundTaskAbandoned", StringComparison.Ordinal)
                && line.Contains($"'{kind} 0'", StringComparison.Ordinal));
        Assert.Contains(
            log,
            line => line.Contains("TaskOutlivedInvocation", StringComparison.Ordinal)
                && line.Contains(first.RequestId, StringComparison.Ordinal));
        Assert.Equal(1, function.Environment.ProcessCount);
    }

    [Fact]
    public async Task Work_that_heeds_its_token_is_cancelled_before_the_deadline()
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse, TimeSpan.FromSeconds(6), ("MARGIN", "4000"));

        (await function.InvokeAsync("yielding", 60_000)).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();

        Assert.Contains(function.Environment.ReadLog(), static line => line.Contains("BackgroundTaskCancelled", StringComparison.Ordinal));
        Assert.Equal(1, function.Environment.ProcessCount);
    }

    [Fact]
    public async Task A_streamed_response_arrives_whole_and_while_it_is_written_and_the_work_after_it_is_finished()
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse, null, ("STREAMING", "yes"));
        for (var i = 0; i < 3; i++)
        {
            var outcome = (await function.InvokeAsync("gated", 1, handlerMilliseconds: 50)).EnsureSuccess();
            function.TellAnswered(outcome.RequestId);

            Assert.Equal($"first {outcome.RequestId} last", outcome.PayloadText);
            await function.Environment.WaitUntilFrozenAsync();
            Assert.Equal(i + 1, function.Journal().Length);
            Assert.Equal("told", function.Journal()[i][^1]);
        }
    }

    [Fact]
    public async Task Only_the_request_for_the_next_event_is_held_back()
    {
        var guard = new RuntimeGateGuard();
        using var gate = new HttpMessageInvoker(new RuntimeGate(new Answering(), guard));
        await guard.WaitForNextEventAsync(CancellationToken.None);
        var work = new TaskCompletionSource();
        Assert.True(await guard.TryHoldAsync(null!, work.Task));

        await SendAsync(gate, HttpMethod.Post, "/2018-06-01/runtime/invocation/8476a536/response", CancellationToken.None);
        using var giveUp = new CancellationTokenSource();
        var cancelled = SendAsync(gate, HttpMethod.Get, "/2018-06-01/runtime/invocation/next", giveUp.Token);
        var next = SendAsync(gate, HttpMethod.Get, "/2018-06-01/runtime/invocation/next", CancellationToken.None);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(next.IsCompleted);

        work.SetResult();
        await next;
    }

    private static Task<LifecycleFunction> StartAsync(
        BackgroundCompletion completion, TimeSpan? timeout = null, params (string Name, string Value)[] variables) =>
        LifecycleFunction.StartAsync("LifecycleFunctions", completion, timeout, variables);

    private static Task<HttpResponseMessage> SendAsync(
        HttpMessageInvoker gate, HttpMethod method, string path, CancellationToken cancellationToken) =>
        gate.SendAsync(new HttpRequestMessage(method, "http://127.0.0.1:9001" + path), cancellationToken);

    private sealed class Answering : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
    }
}
