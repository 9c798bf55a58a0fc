using System.Globalization;
using System.Text.Json;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Functions;
using WarmContext.Testing.Isolation;
using WarmContext.Testing.Model;
using WarmContext.Testing.Processes;
using WarmContext.Testing.Recordings;
using WarmContext.Testing.Sandboxes;

namespace WarmContext.Testing;

/// <summary>
/// A Lambda execution environment on this machine. It runs a function as a process of its own: initializes it, invokes it, really freezes
/// it between invocations and thaws it for the next, kills it at its timeout, and starts it anew after a crash. The ephemeral storage
/// survives all that.
/// </summary>
/// <remarks>
/// <para>Safe to use from several threads at once. Like Lambda's, an environment runs one invocation at a time, except on Managed
/// Instances: further calls wait. For concurrency start several environments; they share nothing.</para>
/// <para>Runs on Linux. What the machine doesn't let it enforce is logged once, and listed in <see cref="Recording.Limitations"/>.</para>
/// </remarks>
public sealed class LocalExecutionEnvironment : IAsyncDisposable
{
    private static readonly TimeSpan s_freezeAllowance = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_maxFreeze = TimeSpan.FromDays(14);

    private readonly object _gate = new();
    private readonly LocalFunctionOptions _options;
    private readonly EnvironmentDirectory _directory;
    private readonly FunctionLog _log;
    private readonly Recorder _recorder;
    private readonly SandboxResources _resources;
    private readonly SandboxSupervisor _sandboxes;
    private readonly SemaphoreSlim _turn;
    private bool _isDisposed;

    private LocalExecutionEnvironment(LocalFunctionOptions options)
    {
        _options = options;
        _turn = new SemaphoreSlim(options.IsConcurrent ? options.MaxConcurrency : 1);

        // First, because it is what refuses a handler that can't be started.
        var command = FunctionCommands.For(options);
        _directory = new EnvironmentDirectory();
        _log = new FunctionLog(_directory.LogFile);
        var logStream = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy/MM/dd}/[$LATEST]{Guid.NewGuid():N}");
        var limitations = new Limitations();
        _resources = new SandboxResources(options, _directory.FullName, TemporaryDirectory, limitations);
        foreach (var hidden in _resources.HiddenFiles)
        {
            TestingLog.HiddenFile(hidden);
        }

        _recorder = new Recorder(options, _log, () => limitations.All);
        var extensions = ExternalExtensions.In(options.ExtensionsDirectory);
        var settings = new SandboxSettings(options, command, extensions, TemporaryDirectory, _log, logStream, _recorder, _resources);
        _sandboxes = new SandboxSupervisor(settings, this);
    }

    /// <summary>
    /// The environment's ephemeral storage, which the function finds in <c>TMPDIR</c>. It is deleted with the environment.
    /// </summary>
    public string TemporaryDirectory => _directory.EphemeralStorage;

    /// <summary>True while the function's process is stopped.</summary>
    public bool IsFrozen => _sandboxes.Current?.IsFrozen == true;

    /// <summary>The id of the function's process, and of its process group; null when the process has ended.</summary>
    public int? ProcessId => _sandboxes.Current?.ProcessId;

    /// <summary>How many processes have been started: 1, and one more for every reset that an invocation followed.</summary>
    public int ProcessCount => _sandboxes.Count;

    /// <summary>
    /// How long the latest successful Init took, from the start of its first process, extension or runtime; null when there was none. The
    /// surroundings of the processes (/tmp, a control group) are made before, and not included.
    /// </summary>
    public TimeSpan? InitDuration => _sandboxes.InitDuration;

    /// <summary>Every process that ended before its time, in order.</summary>
    public IReadOnlyList<EnvironmentReset> Resets => _sandboxes.Resets;

    /// <summary>Starts a function and waits until its Init has ended.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="cancellationToken">Cancels the start; the process is killed.</param>
    /// <returns>The environment, the function initialized and frozen. Dispose it.</returns>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    /// <exception cref="FunctionInitException">Init failed, or took too long, under <see cref="InitFailurePolicy.Throw"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">This isn't Linux.</exception>
    public static async Task<LocalExecutionEnvironment> StartAsync(
        LocalFunctionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "LocalExecutionEnvironment freezes processes by the signals of Linux. On Windows use WSL, on macOS a container.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var environment = new LocalExecutionEnvironment(options.Validated());
        try
        {
            await environment._sandboxes.InitializeAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
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
    public Task<InvocationOutcome> InvokeAsync(string payload = "{}", CancellationToken cancellationToken = default) =>
        InvokeAsync(LocalInvocation.Of(payload), cancellationToken);

    /// <summary>Invokes the function with a value, written as JSON.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The event.</param>
    /// <param name="options">How to write it. Default: null, System.Text.Json's defaults.</param>
    /// <param name="cancellationToken">Stops waiting. As on Lambda, the function isn't told and runs on.</param>
    /// <inheritdoc cref="InvokeAsync(string, CancellationToken)"/>
    public Task<InvocationOutcome> InvokeJsonAsync<T>(
        T value, JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
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

    /// <summary>Waits until the process is frozen. The invocation's work after its response is over then, too.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TimeoutException">
    /// The process isn't frozen after the sum of Init's limit, the invocation's timeout and 10 s. Invocation follows invocation, or the
    /// machine doesn't stop the process.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The process will never be frozen: it has ended, or <see cref="LocalFunctionOptions.FreezesBetweenInvocations"/> is false.
    /// </exception>
    public async Task WaitUntilFrozenAsync(CancellationToken cancellationToken = default)
    {
        if (!_options.IsFrozenBetweenInvocations)
        {
            throw new InvalidOperationException(
                $"The process is never frozen: {nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.FreezesBetweenInvocations)} " +
                "is false, or it is on Managed Instances.");
        }

        // Init, and an invocation with what it does after its response, end by these limits at the latest; then it is frozen, or has ended.
        var limit = _options.InitTimeout + _options.Timeout + s_freezeAllowance;
        if (_sandboxes.Current is not { } sandbox || !await sandbox.WaitUntilFrozenAsync(limit, cancellationToken).ConfigureAwait(false))
        {
            var why = Resets is [.., var reset] ? $" {reset.Error}" : string.Empty;
            throw new InvalidOperationException($"The function's process has ended; the next invocation starts another.{why}");
        }
    }

    /// <summary>
    /// Waits until the process is frozen, and makes this freeze longer for the function than it is. The clocks that the function reads are
    /// moved. Waits that are over by then end. From <see cref="LocalFunctionOptions.IdleConnectionTimeout"/> on, its connections are cut
    /// off. Several calls add up.
    /// </summary>
    /// <remarks>
    /// The clocks are those of the C library, which .NET, curl and libpq read. A statically linked program, like one in Go, isn't reached.
    /// Connections are cut off at the function's end: using one fails with ECONNABORTED, or, where the machine doesn't permit that, as if
    /// the other side had closed it. The clocks of other machines stay: a service that checks a signature's time may refuse the function's.
    /// </remarks>
    /// <param name="duration">How long the freeze is to have been. Allowed: more than 0 to 14 days.</param>
    /// <param name="cancellationToken">Stops waiting for the freeze.</param>
    /// <exception cref="InvalidOperationException">
    /// <see cref="LocalFunctionOptions.TimeTravel"/> is false, or the process will never be frozen.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The function's clock can't be moved here; the message says why.</exception>
    public async Task FreezeFor(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        if (duration <= TimeSpan.Zero || duration > s_maxFreeze)
        {
            throw new ArgumentOutOfRangeException(
                nameof(duration),
                duration,
                $"The freeze is to have been {duration}; it must be more than zero and at most {s_maxFreeze.TotalDays} days.");
        }

        if (!_options.TimeTravel)
        {
            throw new InvalidOperationException(
                $"{nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.TimeTravel)} is false; set it to true before the start, " +
                "because the function has to be prepared for it.");
        }

        if (_resources.TimeTravelUnavailableReason is { } problem)
        {
            throw new PlatformNotSupportedException($"The function's clock can't be moved: {problem}.");
        }

        await WaitUntilFrozenAsync(cancellationToken).ConfigureAwait(false);
        if (_sandboxes.Current?.LengthenFreeze(duration) != true)
        {
            throw new InvalidOperationException("The function was thawed meanwhile; call this between invocations.");
        }
    }

    /// <summary>
    /// What has happened so far: phases, invocations, what was written and, with <see cref="LocalFunctionOptions.Audit"/>, what the
    /// function did that the practices forbid. After the disposal it is what there was by then.
    /// </summary>
    public Recording ReadRecording() => _recorder.Read();

    /// <summary>
    /// Everything that the function has written so far to standard output and standard error, a line each, over all its processes.
    /// </summary>
    public IReadOnlyList<string> ReadLog() => _log.Lines(0, _log.Position);

    /// <summary>
    /// Ends the environment as Lambda does when it isn't needed any more
    /// (<see href="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html">source</see>). Without extensions the
    /// process is killed at once. With internal extensions it gets SIGTERM and 500 ms. With external ones, which are told as well, it gets
    /// 2 s. An invocation that is under way, with what is held after its response, ends first.
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
            return await _sandboxes.ShutDownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Kills the function and everything it has started, and deletes its files. Invocations under way end with an
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
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

        await _sandboxes.DisposeAsync().ConfigureAwait(false);
        _recorder.Close();
        _log.Dispose();
        _resources.Dispose();
        _directory.Dispose();
    }

    /// <summary>Why the latest Init failed; null when it didn't, or goes on.</summary>
    internal FunctionError? InitError =>
        _sandboxes.Current?.Initialized is { IsCompletedSuccessfully: true, Result.Error: { } error } ? error : null;

    /// <summary>Completes when the next event can be delivered, or the process has ended.</summary>
    internal Task WhenReadyAsync() => _sandboxes.Current is { } sandbox ? sandbox.WhenReadyAsync() : Task.CompletedTask;

    private async Task<InvocationOutcome> InvokeInTurnAsync(LocalInvocation invocation)
    {
        try
        {
            return await _sandboxes.InvokeAsync(invocation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
