using System.Net;
using WarmContext.Lambda.AfterResponse;
using WarmContext.TestSupport;

namespace WarmContext.Lambda.Tests.AfterResponse;

public sealed class InternalExtensionTests : IAsyncLifetime
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly string _request = Guid.NewGuid().ToString();
    private readonly TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecutionEnvironment _environment = ExecutionEnvironment.Create(
        new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders" });
    private readonly List<IDisposable> _extensions = [];
    private FakeExtensionsApi _api = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _extensions.ForEach(static extension => extension.Dispose());
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
    }

    [Fact]
    public async Task It_registers_for_invocations_and_asks_for_its_first_event_at_once_so_that_Init_can_end()
    {
        Start();
        await _api.UntilPollsAsync(1);

        Assert.Equal(["register warmcontext {\"events\":[\"INVOKE\"]}", "next"], _api.Calls);
    }

    [Fact]
    public async Task The_answer_is_given_while_the_next_event_is_asked_for_only_after_the_work()
    {
        var runner = Start();
        await _api.UntilPollsAsync(1);
        _api.Invoke(_request);

        Assert.Equal("answer", await RunAsync(runner, _request));

        // Time in which a request that comes too early would have come.
        await Task.Delay(300);
        Assert.Equal(1, _api.Polls);

        _work.SetResult();
        await _api.UntilPollsAsync(2);
    }

    [Fact]
    public async Task An_event_that_is_heard_only_when_the_handler_is_done_still_lets_it_answer()
    {
        var runner = Start();
        await _api.UntilPollsAsync(1);
        var running = RunAsync(runner, _request);
        Assert.False(running.IsCompleted);

        _api.Invoke(_request);
        Assert.Equal("answer", await running);
        _work.SetResult();
        await _api.UntilPollsAsync(2);
    }

    [Fact]
    public async Task An_event_that_is_heard_after_the_invocation_was_over_is_dealt_with_at_once()
    {
        var runner = Start();
        await _api.UntilPollsAsync(1);
        _work.SetResult();
        await RunAsync(runner, _request);

        _api.Invoke(_request);
        await _api.UntilPollsAsync(2);
    }

    [Fact]
    public async Task A_handler_that_never_begins_does_not_keep_the_environment_until_its_timeout()
    {
        var runner = Start();
        await _api.UntilPollsAsync(1);
        _api.Invoke(_request);
        await UntilWaitingAsync();

        // The first handler, which may have to be compiled, is given longer.
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, _time.ArmedTimers);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _api.UntilPollsAsync(2);

        // It begins after all: nothing holds the environment for it, so its work comes first.
        var running = RunAsync(runner, _request);
        Assert.False(running.IsCompleted);
        _work.SetResult();
        Assert.Equal("answer", await running);

        _api.Invoke("another");
        await UntilWaitingAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _api.UntilPollsAsync(3);
    }

    [Fact]
    public async Task Past_the_deadline_nothing_is_held_back()
    {
        var runner = Start();
        await _api.UntilPollsAsync(1);
        var running = RunAsync(runner, _request);
        _api.Invoke(_request, TimeSpan.FromSeconds(3));
        await UntilWaitingAsync();
        await running;

        _time.Advance(TimeSpan.FromSeconds(3));

        await _api.UntilPollsAsync(2);
    }

    [Fact]
    public async Task A_deadline_that_no_timer_can_count_to_holds_the_environment_until_the_work_is_done()
    {
        var runner = Start();
        await _api.UntilPollsAsync(1);
        _api.Invoke(_request, TimeSpan.FromDays(1000));

        Assert.Equal("answer", await RunAsync(runner, _request));
        _work.SetResult();
        await _api.UntilPollsAsync(2);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "static constructor")]
    [InlineData(HttpStatusCode.NotFound, "has no extensions")]
    [InlineData(HttpStatusCode.InternalServerError, "the exception says why")]
    public async Task A_refused_registration_has_work_finished_before_the_return_with_one_warning(HttpStatusCode status, string advice)
    {
        using var log = new LogCapture();
        var runner = Start(status);
        var running = RunAsync(runner, _request);
        Assert.False(running.IsCompleted);
        _work.SetResult();
        Assert.Equal("answer", await running);
        await RunAsync(runner, _request);

        Assert.Contains(advice, log.Only("ExtensionUnavailable", _request).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("next", _api.Calls);
    }

    [Fact]
    public async Task A_slow_registration_does_not_hang_Init_and_is_honoured_when_it_comes()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runner = Start(gate: gate.Task, budget: TimeSpan.FromMilliseconds(50));
        var running = RunAsync(runner, _request);
        Assert.False(running.IsCompleted);
        _work.SetResult();
        await running;

        // Lambda has registered it: unless it asks for events now, Init never ends.
        gate.SetResult();
        await _api.UntilPollsAsync(1);
    }

    [Theory]
    [InlineData("127.0.0.1:9")]
    [InlineData("nonsense")]
    [InlineData("127.0.0.1:999999")]
    public async Task An_unreachable_api_has_work_finished_before_the_return_with_one_warning(string address)
    {
        using var log = new LogCapture();
        using var extension = new InternalExtension(new ExtensionApi(address), EnvironmentClock.System, "warmcontext", ["INVOKE"]);
        extension.Start(s_budget);
        var runner = NewRunner(extension);
        var running = RunAsync(runner, _request);
        Assert.False(running.IsCompleted);
        _work.SetResult();

        Assert.Equal("answer", await running);
        await RunAsync(runner, _request);
        Assert.Contains(address, log.Only("ExtensionUnavailable", _request).Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_poll_is_repeated_only_when_no_invocation_runs()
    {
        var runner = Start();
        await _api.UntilPollsAsync(1);

        // The event is lost with the connection, so nothing may be asked for while its invocation runs.
        var running = RunAsync(runner, _request);
        _api.Cut();
        await Task.Delay(300);
        Assert.Equal(1, _api.Polls);
        Assert.False(running.IsCompleted);

        _work.SetResult();
        Assert.Equal("answer", await running);
        await _api.UntilPollsAsync(2);
        _api.Invoke("next");
        await RunAsync(runner, "next");
        await _api.UntilPollsAsync(3);
    }

    [Fact]
    public async Task An_api_that_fails_for_a_while_is_asked_again()
    {
        Start();
        for (var i = 1; i <= 3; i++)
        {
            await _api.UntilPollsAsync(i);
            _api.Fail(HttpStatusCode.InternalServerError);
        }

        await _api.UntilPollsAsync(4);
    }

    [Fact]
    public async Task Stopping_it_leaves_no_poll_behind()
    {
        _api = new FakeExtensionsApi(_time);
        var extension = new InternalExtension(new ExtensionApi(_api.Address), EnvironmentClock.System, "warmcontext", ["INVOKE"]);
        extension.Start(s_budget);
        await _api.UntilPollsAsync(1);

        extension.Dispose();

        await extension.Running.WaitAsync(s_budget);
    }

    [Fact]
    public async Task A_request_that_lambda_repeats_under_the_same_id_is_held_again()
    {
        var runner = Start();
        for (var i = 1; i <= 3; i++)
        {
            await _api.UntilPollsAsync(i);
            _api.Invoke(_request);
            await RunAsync(runner, _request);
            _work.TrySetResult();
        }

        await _api.UntilPollsAsync(4);
    }

    /// <summary>Until the extension has heard of the invocation and waits, for its handler to begin or for its end.</summary>
    private async Task UntilWaitingAsync()
    {
        while (_time.ArmedTimers == 0)
        {
            await Task.Yield();
        }
    }

    private InvocationRunner Start(HttpStatusCode status = HttpStatusCode.OK, Task? gate = null, TimeSpan? budget = null)
    {
        _api = new FakeExtensionsApi(_time, status, gate);
        var extension = new InternalExtension(new ExtensionApi(_api.Address), new EnvironmentClock(_time), "warmcontext", ["INVOKE"]);
        _extensions.Add(extension);
        extension.Start(budget ?? s_budget);
        return NewRunner(extension);
    }

    private InvocationRunner NewRunner(InternalExtension extension) =>
        new(new InvocationOptions
        {
            Environment = _environment, BackgroundCompletion = BackgroundCompletion.AfterResponse, FreezeGuard = extension,
        });

    private Task<string> RunAsync(InvocationRunner runner, string requestId) => runner.RunAsync(
        new InvocationInfo { RequestId = requestId }, _work.Task, static (work, invocation) =>
    {
        invocation.Background.Track("work", work);
        return Task.FromResult("answer");
    });
}
