using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Functions;
using WarmContext.Testing.Processes;
using WarmContext.Testing.RuntimeApi;
using WarmContext.Testing.Sandboxes;

namespace WarmContext.Testing;

/// <summary>
/// A Lambda execution environment on this machine: runs a function as a process of its own, initializes it, invokes it, really freezes it between invocations
/// and thaws it for the next, kills it at its timeout, and starts it anew after a crash. Its ephemeral storage survives all that.
/// </summary>
/// <remarks>
/// <para>Safe to use from several threads at once. Like Lambda's, an environment runs one invocation at a time, except on Managed Instances: further calls wait. For
/// concurrency start several environments; they share nothing.</para>
/// <para>Runs on Linux. Memory, CPU and the size of the ephemeral storage are not limited.</para>
/// </remarks>
public sealed class LocalExecutionEnvironment : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly LocalFunctionOptions _options;
    private readonly string _directory;
    private readonly FunctionLog _log;
    private readonly SandboxSettings _settings;
    private readonly SemaphoreSlim _restarting = new(1, 1);
    private readonly SemaphoreSlim _turn;
    private readonly ConcurrentQueue<EnvironmentReset> _resets = new();
    private Sandbox? _sandbox;
    private bool _isDisposed;
    private bool _isShutDown;

    private LocalExecutionEnvironment(LocalFunctionOptions options)
    {
        _options = options;
        _turn = new SemaphoreSlim(options.IsConcurrent ? options.MaxConcurrency : 1);

        // First, because it is what refuses a handler that can't be started.
        var command = FunctionCommands.For(options.Handler, options.AssemblyDirectory);
        _directory = Path.Combine(ProcessGuardian.Current.Directory, Path.GetRandomFileName());
        TemporaryDirectory = Path.Combine(_directory, "tmp");
        Directory.CreateDirectory(TemporaryDirectory);
        _log = new FunctionLog(Path.Combine(_directory, "log"));
        var logStream = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy/MM/dd}/[$LATEST]{Guid.NewGuid():N}");
        _settings = new SandboxSettings(options, command, ExternalExtensions.In(options.ExtensionsDirectory), TemporaryDirectory, _log, logStream);
    }

    /// <summary>The environment's ephemeral storage, which the function finds in <c>TMPDIR</c>. Deleted with the environment.</summary>
    public string TemporaryDirectory { get; }

    /// <summary>True while the function's process is stopped.</summary>
    public bool IsFrozen => _sandbox?.IsFrozen == true;

    /// <summary>The id of the function's process, and of its process group; null when it has ended.</summary>
    public int? ProcessId => _sandbox?.ProcessId;

    /// <summary>How many processes have been started: 1, and one more for every reset that an invocation followed.</summary>
    public int ProcessCount { get; private set; }

    /// <summary>How long the latest successful Init took; null when there was none.</summary>
    public TimeSpan? InitDuration { get; private set; }

    /// <summary>Every process that ended before its time, in order.</summary>
    public IReadOnlyList<EnvironmentReset> Resets => [.. _resets];

    /// <summary>Starts a function and waits until its Init has ended.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="cancellationToken">Cancels the start; the process is killed.</param>
    /// <returns>The environment, the function initialized and frozen. Dispose it.</returns>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    /// <exception cref="FunctionInitException">Init failed, or took too long, under <see cref="InitFailurePolicy.Throw"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">This isn't Linux.</exception>
    public static async Task<LocalExecutionEnvironment> StartAsync(LocalFunctionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("LocalExecutionEnvironment freezes processes by the signals of Linux. On Windows use WSL, on macOS a container.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var environment = new LocalExecutionEnvironment(options.Validated());
        try
        {
            await environment.InitializeAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return environment;
        }
        catch
        {
            await environment.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Invokes the function.</summary>
    /// <param name="payload">The event, as JSON; empty stands for <c>{}</c>.</param>
    /// <param name="cancellationToken">Stops waiting. As on Lambda, the function isn't told and runs on.</param>
    /// <returns>The outcome, as soon as the function has answered. A failed invocation is an outcome too, not an exception.</returns>
    /// <exception cref="ArgumentException">The payload isn't JSON, or has more than 6 MiB.</exception>
    /// <exception cref="ObjectDisposedException">The environment is disposed, or was while waiting.</exception>
    public Task<InvocationOutcome> InvokeAsync(string payload = "{}", CancellationToken cancellationToken = default) => InvokeAsync(LocalInvocation.Of(payload), cancellationToken);

    /// <summary>Invokes the function with a value, written as JSON.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The event.</param>
    /// <param name="options">How to write it. <value>Default: null, System.Text.Json's defaults.</value></param>
    /// <param name="cancellationToken">Stops waiting. As on Lambda, the function isn't told and runs on.</param>
    /// <inheritdoc cref="InvokeAsync(string, CancellationToken)"/>
    public Task<InvocationOutcome> InvokeJsonAsync<T>(T value, JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        InvokeAsync(new LocalInvocation { Payload = JsonSerializer.SerializeToUtf8Bytes(value, options) }, cancellationToken);

    /// <summary>Invokes the function.</summary>
    /// <param name="invocation">The event, and what goes with it.</param>
    /// <param name="cancellationToken">Stops waiting. As on Lambda, the function isn't told and runs on.</param>
    /// <inheritdoc cref="InvokeAsync(string, CancellationToken)"/>
    public async Task<InvocationOutcome> InvokeAsync(LocalInvocation invocation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        invocation.Validated();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await InvokeInTurnAsync(invocation).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until the process is frozen: the invocation's work after its response is over too.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">It never will be: the process has ended, or <see cref="LocalFunctionOptions.FreezesBetweenInvocations"/> is false.</exception>
    public async Task WaitUntilFrozenAsync(CancellationToken cancellationToken = default)
    {
        if (!_options.IsFrozenBetweenInvocations)
        {
            throw new InvalidOperationException(
                $"The process is never frozen: {nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.FreezesBetweenInvocations)} is false, or it is on Managed Instances.");
        }

        if (_sandbox is not { } sandbox || !await sandbox.WaitUntilFrozenAsync(cancellationToken).ConfigureAwait(false))
        {
            var why = _resets.LastOrDefault() is { } reset ? $" {reset.Error}" : string.Empty;
            throw new InvalidOperationException($"The function's process has ended; the next invocation starts another.{why}");
        }
    }

    /// <summary>Everything that the function has written so far to standard output and standard error, a line each, over all its processes.</summary>
    public IReadOnlyList<string> ReadLog() => _log.Lines(0, _log.Position);

    /// <summary>
    /// Ends the environment as Lambda does when it isn't needed any more: without extensions the process is killed at once; with internal ones it gets SIGTERM and
    /// 500 ms; with external ones, which are told as well, 2 s (<see href="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html">source</see>).
    /// </summary>
    /// <param name="cancellationToken">Stops waiting; the environment ends all the same.</param>
    /// <returns>How it went. Nothing can be invoked any more; dispose the environment.</returns>
    /// <exception cref="InvalidOperationException">The process had ended already.</exception>
    /// <exception cref="ObjectDisposedException">The environment is disposed.</exception>
    public async Task<ShutdownOutcome> ShutdownAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_sandbox is not { HasExited: false } sandbox)
            {
                throw new InvalidOperationException("The function's process has ended already; there is nothing to shut down.");
            }

            var begun = Stopwatch.GetTimestamp();
            var position = _log.Position;
            _isShutDown = true;
            var (limit, wasKilled) = await sandbox.ShutDownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return new ShutdownOutcome(limit, Stopwatch.GetElapsedTime(begun), wasKilled, _log.Lines(position, _log.Position));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Kills the function and everything it has started, and deletes its files. Invocations under way end with an <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        if (_sandbox is { } sandbox)
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
        }

        _log.Dispose();
        DeleteDirectory();
    }

    private async Task InitializeAsync()
    {
        var sandbox = StartSandbox(_options.InitTimeout);
        var init = await sandbox.Initialized.ConfigureAwait(false);
        if (init.Error is null)
        {
            InitDuration = init.Duration;
        }
        else if (_options.InitFailure == InitFailurePolicy.Throw)
        {
            throw new FunctionInitException(_options.Handler, init.Error, ReadLog());
        }
    }

    private Sandbox StartSandbox(TimeSpan initLimit)
    {
        // Under the lock, so that none is started behind the back of a disposal.
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ProcessCount++;
            return _sandbox = Sandbox.Start(_settings, initLimit, _resets.Enqueue);
        }
    }

    private async Task<InvocationOutcome> InvokeInTurnAsync(LocalInvocation invocation)
    {
        try
        {
            InvocationStart begun = default;
            DateTimeOffset? deadline = null;
            while (true)
            {
                ObjectDisposedException.ThrowIf(_isDisposed || _isShutDown, this);
                var queued = new QueuedInvocation(invocation, deadline);
                var sandbox = _sandbox!;
                if (sandbox.TryEnqueue(queued) && await queued.Answered.ConfigureAwait(false) is { } answer)
                {
                    ObjectDisposedException.ThrowIf(_isDisposed, this);
                    var init = queued.IsFirst ? (await sandbox.Initialized.ConfigureAwait(false)).Duration : (TimeSpan?)null;
                    return deadline is null
                        ? Outcome(invocation, answer, new InvocationStart(queued.Delivered, queued.LogPosition), init)
                        : Outcome(invocation, answer, begun, init);
                }

                // The process has ended. On Lambda, too, the next invocation pays for a new one, out of its own time.
                var failed = await RestartAsync(sandbox, invocation, () =>
                {
                    if (deadline is null)
                    {
                        begun = new InvocationStart(Stopwatch.GetTimestamp(), _log.Position);
                        deadline = DateTimeOffset.UtcNow + _options.Timeout;
                    }

                    return deadline.Value;
                }).ConfigureAwait(false);
                if (failed is not null)
                {
                    return Outcome(invocation, failed with { LogPosition = _log.Position }, begun, null, isColdStart: true);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Starts another process in the place of one that has ended, and waits for its Init. Of several invocations at once, one does it for all.</summary>
    /// <param name="ended">The one that has ended.</param>
    /// <param name="invocation">The invocation that needs another.</param>
    /// <param name="deadline">Begins the invocation's time, and says when it ends. Called when the old process is gone.</param>
    /// <returns>Null, or the answer to the invocation when Init failed.</returns>
    private async Task<InvocationAnswer?> RestartAsync(Sandbox ended, LocalInvocation invocation, Func<DateTimeOffset> deadline)
    {
        await _restarting.WaitAsync().ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_sandbox != ended)
            {
                return null;
            }

            await ended.EndedAsync().ConfigureAwait(false);
            await ended.DisposeAsync().ConfigureAwait(false);
            var left = deadline() - DateTimeOffset.UtcNow;
            var sandbox = StartSandbox(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
            var init = await sandbox.Initialized.ConfigureAwait(false);
            if (init.Error is null)
            {
                InitDuration = init.Duration;
                return null;
            }

            // It was the invocation's time that was over.
            var error = init.Error.Kind != FunctionErrorKind.TimedOut ? init.Error
                : new FunctionError { Kind = init.Error.Kind, Type = init.Error.Type, Message = Sandbox.TimedOutMessage("Task", _options.Timeout) };
            var payload = init.Payload.IsEmpty ? ErrorDocuments.Write(error, invocation.RequestId) : init.Payload;
            return new InvocationAnswer(payload, error, Stopwatch.GetTimestamp(), 0);
        }
        finally
        {
            _restarting.Release();
        }
    }

    private InvocationOutcome Outcome(LocalInvocation invocation, InvocationAnswer answer, InvocationStart start, TimeSpan? init, bool isColdStart = false) => new()
    {
        RequestId = invocation.RequestId,
        Payload = answer.Payload,
        Error = answer.Error,
        Duration = Stopwatch.GetElapsedTime(start.Timestamp, answer.Answered),
        IsColdStart = isColdStart || init is not null,
        InitDuration = init,
        Log = _log.Lines(start.LogPosition, answer.LogPosition),
    };

    private void DeleteDirectory()
    {
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tried again when this process ends.
        }
    }

    private readonly record struct InvocationStart(long Timestamp, long LogPosition);
}
