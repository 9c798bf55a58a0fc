using System.Collections.Concurrent;
using System.Net;
using System.Text;
using WarmContext.Testing.Http;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>
/// The Extensions API over real HTTP, for an extension in this process: step by step, with faults that a real one can't be told to have.
/// </summary>
internal sealed class FakeExtensionsApi : IAsyncDisposable
{
    private readonly HttpServer _server;
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly BlockingCollection<TaskCompletionSource<HttpResponse>> _polls = [];
    private readonly TimeProvider _time;
    private readonly HttpStatusCode _registration;
    private readonly Task _registrationGate;
    private TaskCompletionSource _changed = NewSignal();

    public FakeExtensionsApi(TimeProvider time, HttpStatusCode registration = HttpStatusCode.OK, Task? registrationGate = null)
    {
        (_time, _registration, _registrationGate) = (time, registration, registrationGate ?? Task.CompletedTask);
        _server = new HttpServer(static _ => 1024, static _ => { }, HandleAsync);
        _server.Start();
    }

    public string Address => _server.HostAndPort;

    /// <summary>"register" with its body, or "next", in the order in which they came.</summary>
    public string[] Calls => [.. _calls];

    public int Polls => _calls.Count(static call => call == "next");

    /// <summary>Waits until the extension has asked for its next event this many times in all.</summary>
    public async Task UntilPollsAsync(int count)
    {
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (Polls >= count)
            {
                return;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Answers the pending request with the event of an invocation.</summary>
    public void Invoke(string requestId, TimeSpan? timeout = null)
    {
        var deadline = _time.GetUtcNow().Add(timeout ?? TimeSpan.FromSeconds(30)).ToUnixTimeMilliseconds();
        Answer(Response(HttpStatusCode.OK, $$"""
            {"eventType":"INVOKE","deadlineMs":{{deadline}},"requestId":"{{requestId}}","invokedFunctionArn":"arn",
            "tracing":{"type":"X-Amzn-Trace-Id","value":"1"} }
            """));
    }

    /// <summary>Cuts the connection of the pending request.</summary>
    public void Cut() => Answer(HttpResponse.Cut);

    public void Fail(HttpStatusCode status) => Answer(Response(status, """{"errorType":"Extension.Unknown"}"""));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _polls.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static HttpResponse Response(HttpStatusCode status, string body) =>
        new((int)status, Encoding.UTF8.GetBytes(body), new KeyValuePair<string, string>("Lambda-Extension-Identifier", "id-1"));

    private void Answer(HttpResponse response)
    {
        if (!_polls.TryTake(out var poll, TimeSpan.FromSeconds(30)))
        {
            throw new TimeoutException("No request for the next event is pending.");
        }

        poll.SetResult(response);
    }

    private async ValueTask<HttpResponse> HandleAsync(HttpRequest request)
    {
        if (request.Path == "/2020-01-01/extension/register")
        {
            await _registrationGate;
            Record($"register {request.Header("Lambda-Extension-Name")} {Encoding.UTF8.GetString(request.Body.Span)}");
            return Response(
                _registration,
                _registration == HttpStatusCode.OK ? """{"functionName":"orders"}""" : """{"errorType":"Extension.RegistrationClosed"}""");
        }

        if (request.Path != "/2020-01-01/extension/event/next" || request.Header("Lambda-Extension-Identifier") != "id-1")
        {
            return Response(HttpStatusCode.NotFound, "{}");
        }

        var poll = new TaskCompletionSource<HttpResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _polls.Add(poll);
        Record("next");
        return await poll.Task;
    }

    private void Record(string call)
    {
        _calls.Enqueue(call);
        Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }
}
