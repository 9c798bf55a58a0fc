using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace WarmContext.Lambda.Tests;

/// <summary>
/// Runs LifecycleFunctions in a process of its own against the Runtime API and the Extensions API, as strictly as Lambda does: the process
/// is stopped in the moment in which the runtime and every registered extension have asked for their next event, and goes on with the next
/// one.
/// </summary>
internal sealed class FreezingEnvironment : IAsyncDisposable
{
    // Signals of Linux.
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly HttpListener _listener = new();
    private readonly string _address;
    private readonly TimeSpan _timeout;
    private readonly TaskCompletionSource _exited = NewSignal();
    private Process? _process;
    private HttpListenerContext? _runtime;
    private HttpListenerContext? _extension;
    private TaskCompletionSource _frozen = NewSignal();
    private TaskCompletionSource<string>? _answer;
    private HttpStatusCode _registration = HttpStatusCode.OK;
    private TimeSpan _registrationTime;
    private bool _isRegistered;
    private bool _hasInitEnded;
    private bool _isShuttingDown;
    private long _extensionPolls;

    private FreezingEnvironment(TimeSpan timeout)
    {
        _timeout = timeout;
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        _address = $"127.0.0.1:{((IPEndPoint)socket.LocalEndpoint).Port}";
    }

    public string TemporaryDirectory { get; } = Directory.CreateTempSubdirectory("warmcontext-lifecycle-").FullName;

    public StringBuilder Log { get; } = new();

    /// <summary>Cuts the extension's pending request; its next one counts.</summary>
    public void CutPoll()
    {
        lock (_gate)
        {
            _extension!.Response.Abort();
            _extension = null;
        }
    }

    /// <summary>Starts an environment whose registration of extensions is refused, or takes a while.</summary>
    public static Task<FreezingEnvironment> StartRefusingAsync(HttpStatusCode registration, TimeSpan registrationTime) =>
        StartAsync(
            new FreezingEnvironment(TimeSpan.FromSeconds(30)) { _registration = registration, _registrationTime = registrationTime },
            BackgroundCompletion.AfterResponse, []);

    public static Task<FreezingEnvironment> StartAsync(
        BackgroundCompletion completion, TimeSpan? timeout = null, params (string Name, string Value)[] variables) =>
        StartAsync(new FreezingEnvironment(timeout ?? TimeSpan.FromSeconds(30)), completion, variables);

    private static async Task<FreezingEnvironment> StartAsync(
        FreezingEnvironment environment, BackgroundCompletion completion, (string Name, string Value)[] variables)
    {
        environment._listener.Prefixes.Add($"http://{environment._address}/");
        environment._listener.Start();
        _ = environment.ServeAsync();
        environment.StartProcess(completion, variables);
        await environment.UntilFrozenAsync();
        return environment;
    }

    /// <summary>Hands an event over, and waits for the answer: how long that took, as the caller sees it.</summary>
    public Task<(string RequestId, string Answer, TimeSpan Latency)> InvokeAsync(
        string kind, int milliseconds, int tasks = 1, bool throws = false) =>
        InvokeAsync(kind, milliseconds, tasks, throws, isHeard: true);

    /// <summary>Hands an event to the runtime alone: the extension's was lost with its connection.</summary>
    public Task<(string RequestId, string Answer, TimeSpan Latency)> InvokeWithoutEventAsync(string kind, int milliseconds) =>
        InvokeAsync(kind, milliseconds, tasks: 1, throws: false, isHeard: false);

    private async Task<(string RequestId, string Answer, TimeSpan Latency)> InvokeAsync(
        string kind, int milliseconds, int tasks, bool throws, bool isHeard)
    {
        var id = Guid.NewGuid().ToString();
        var payload = JsonSerializer.Serialize(new { Kind = kind, Milliseconds = milliseconds, Tasks = tasks, Throws = throws });
        var begun = Stopwatch.GetTimestamp();
        Task<string> answer;
        lock (_gate)
        {
            Assert.True(_runtime is not null && (!isHeard || IsWaiting));
            Signal(Continue);
            _frozen = NewSignal();
            _answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            answer = _answer.Task;
            var deadline = DateTimeOffset.UtcNow.Add(_timeout).ToUnixTimeMilliseconds();
            var runtime = _runtime!;
            var extension = _extension;
            _runtime = _extension = null;
            if (extension is not null)
            {
                Respond(extension, $$"""{"eventType":"INVOKE","deadlineMs":{{deadline}},"requestId":"{{id}}"}""");
            }

            runtime.Response.Headers["Lambda-Runtime-Aws-Request-Id"] = id;
            runtime.Response.Headers["Lambda-Runtime-Deadline-Ms"] = deadline.ToString(CultureInfo.InvariantCulture);
            runtime.Response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:eu-central-1:123456789012:function:orders";
            Respond(runtime, payload);
        }

        var text = await answer.WaitAsync(s_patience);
        return (id, text, Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>
    /// Tells "gated" work that its answer is here. Work that its answer waited for is never told in time, and says so in the journal.
    /// </summary>
    public void TellAnswered(string requestId) =>
        File.WriteAllText(Path.Combine(TemporaryDirectory, "answered-" + requestId), string.Empty);

    public Task UntilFrozenAsync()
    {
        lock (_gate)
        {
            return _frozen.Task.WaitAsync(s_patience);
        }
    }

    public long ExtensionPolls => Interlocked.Read(ref _extensionPolls);

    public string[][] Journal()
    {
        var path = Path.Combine(TemporaryDirectory, "journal");
        return File.Exists(path) ? [.. File.ReadAllLines(path).Select(static line => line.Split(' '))] : [];
    }

    /// <summary>
    /// Ends the environment as Lambda does where there is an internal extension: SIGTERM, some time, SIGKILL. More time than Lambda's 500
    /// ms, because on a busy machine the process may get too little of it; the hook keeps to its own budget.
    /// </summary>
    /// <param name="again">What the log must hold for the signal to be sent once more; null for once.</param>
    /// <returns>True when the process ended by itself in that time.</returns>
    public async Task<bool> ShutDownAsync(string? again = null)
    {
        lock (_gate)
        {
            _isShuttingDown = true;
        }

        Signal(Terminate);
        Signal(Continue);
        while (again is not null && !_exited.Task.IsCompleted)
        {
            await Task.WhenAny(_exited.Task, Task.Delay(5));
            lock (Log)
            {
                if (Log.ToString().Contains(again, StringComparison.Ordinal))
                {
                    Signal(Terminate);
                    break;
                }
            }
        }

        await Task.WhenAny(_exited.Task, Task.Delay(5000));
        var ended = _exited.Task.IsCompleted;
        Signal(Kill);

        // With the last lines of its log.
        await _process!.WaitForExitAsync();
        return ended;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _listener.Close();
        Directory.Delete(TemporaryDirectory, recursive: true);
    }

    private bool IsWaiting => _runtime is not null && (!_isRegistered || _extension is not null);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Respond(HttpListenerContext context, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.StatusCode = (int)status;
        context.Response.ContentLength64 = bytes.Length;
        context.Response.OutputStream.Write(bytes);
        context.Response.Close();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);

    // A process that has ended already is none of anybody's concern.
    private void Signal(int signal) => _ = SendSignal(_process!.Id, signal);

    private void StartProcess(BackgroundCompletion completion, (string Name, string Value)[] variables)
    {
        var directory = typeof(FreezingEnvironment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
            static attribute => attribute.Key == "Function:LifecycleFunctions").Value!;
        var start = new ProcessStartInfo("dotnet", ["exec", "--roll-forward", "Major", Path.Combine(directory, "LifecycleFunctions.dll")])
        {
            RedirectStandardError = true,
            Environment =
            {
                ["AWS_LAMBDA_RUNTIME_API"] =
                    _address, ["AWS_LAMBDA_FUNCTION_NAME"] = "orders", ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
                ["_HANDLER"] = "LifecycleFunctions::LifecycleFunctions.BackgroundHandlers::Work", ["TMPDIR"] = TemporaryDirectory,
                ["GATE"] = "no", ["COMPLETION"] = completion.ToString(),
            },
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.Exited += (_, _) => _exited.TrySetResult();
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (Log)
            {
                Log.AppendLine(line.Data);
            }
        };
        lock (_gate)
        {
            _process.Start();
            _process.BeginErrorReadLine();
        }
    }

    private async Task ServeAsync()
    {
        while (true)
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

            _ = Task.Run(() => Handle(context));
        }
    }

    private void Handle(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = reader.ReadToEnd();
        if (context.Request.Url!.AbsolutePath.EndsWith("/register", StringComparison.Ordinal))
        {
            lock (_gate)
            {
                // Known before the answer is, as Lambda does it.
                _isRegistered |= !_hasInitEnded && _registration == HttpStatusCode.OK;
            }

            Thread.Sleep(_registrationTime);
        }

        lock (_gate)
        {
            switch (context.Request.Url!.AbsolutePath)
            {
                case "/2020-01-01/extension/register":
                    if (_hasInitEnded || _registration == HttpStatusCode.Forbidden)
                    {
                        Respond(context, """{"errorType":"Extension.RegistrationClosed"}""", HttpStatusCode.Forbidden);
                        return;
                    }

                    if (_registration != HttpStatusCode.OK)
                    {
                        Respond(context, """{"errorType":"Extension.Refused"}""", _registration);
                        return;
                    }

                    context.Response.Headers["Lambda-Extension-Identifier"] = "id-1";
                    Respond(context, "{}");
                    return;
                case "/2020-01-01/extension/event/next":
                    Interlocked.Increment(ref _extensionPolls);
                    _extension = context;
                    break;
                case "/2018-06-01/runtime/invocation/next":
                    _runtime = context;
                    break;
                default:
                    Respond(context, "{}", HttpStatusCode.Accepted);
                    _answer!.TrySetResult(
                        context.Request.Url.AbsolutePath.EndsWith("/error", StringComparison.Ordinal) ? "error " + body : body);
                    return;
            }

            if (IsWaiting && !_isShuttingDown)
            {
                _hasInitEnded = true;
                Signal(Stop);
                _frozen.TrySetResult();
            }
        }
    }
}
