using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>The Extensions API over real HTTP, with the faults that a real one can't be told to have.</summary>
internal sealed class FakeExtensionsApi : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly BlockingCollection<HttpListenerContext> _polls = [];
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = NewSignal();

    public FakeExtensionsApi(TimeProvider time, HttpStatusCode registration = HttpStatusCode.OK, Task? registrationGate = null)
    {
        _time = time;
        using (var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            socket.Start();
            Address = $"127.0.0.1:{((IPEndPoint)socket.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _ = ServeAsync(registration, registrationGate ?? Task.CompletedTask);
    }

    public string Address { get; }

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
        Answer(Take(), HttpStatusCode.OK, $$"""
            {"eventType":"INVOKE","deadlineMs":{{deadline}},"requestId":"{{requestId}}","invokedFunctionArn":"arn",
            "tracing":{"type":"X-Amzn-Trace-Id","value":"1"} }
            """);
    }

    /// <summary>Cuts the connection of the pending request.</summary>
    public void Cut() => Take().Response.Abort();

    public void Fail(HttpStatusCode status) => Answer(Take(), status, """{"errorType":"Extension.Unknown"}""");

    public void Dispose()
    {
        _listener.Close();
        _polls.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Answer(HttpListenerContext context, HttpStatusCode status, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.StatusCode = (int)status;
        context.Response.OutputStream.Write(bytes);
        context.Response.Close();
    }

    private HttpListenerContext Take() =>
        _polls.TryTake(out var context, TimeSpan.FromSeconds(30)) ? context : throw new TimeoutException(
            "No request for the next event is pending.");

    private async Task ServeAsync(HttpStatusCode registration, Task registrationGate)
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            if (context.Request.Url!.AbsolutePath == "/2020-01-01/extension/register")
            {
                _ = RegisterAsync(context, registration, registrationGate);
            }
            else if (context.Request.Url.AbsolutePath == "/2020-01-01/extension/event/next"
                && context.Request.Headers["Lambda-Extension-Identifier"] == "id-1")
            {
                _polls.Add(context);
                Record("next");
            }
            else
            {
                Answer(context, HttpStatusCode.NotFound, "{}");
            }
        }
    }

    private async Task RegisterAsync(HttpListenerContext context, HttpStatusCode status, Task gate)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        await gate;
        Record($"register {context.Request.Headers["Lambda-Extension-Name"]} {body}");
        context.Response.Headers["Lambda-Extension-Identifier"] = "id-1";
        Answer(
            context, status,
            status == HttpStatusCode.OK ? """{"functionName":"orders"}""" : """{"errorType":"Extension.RegistrationClosed"}""");
    }

    private void Record(string call)
    {
        _calls.Enqueue(call);
        Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }
}
