using System.Globalization;
using WarmContext.Diagnostics;
using WarmContext.Environments;
using WarmContext.Time;

namespace WarmContext;

/// <summary>
/// The execution environment that this process runs in: facts from the variables that Lambda sets, read once, and what has happened in it
/// so far.
/// </summary>
/// <remarks>
/// Outside Lambda every member has a sensible value too, so code written against it runs on a laptop and in tests. All members are safe to
/// use from several threads at once.
/// </remarks>
public sealed class ExecutionEnvironment
{
    // One vCPU per 1,769 MB, up to 6: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html (read 2026-11-20).
    private const double MegabytesPerVirtualCpu = 1769;
    private const double MaxVirtualCpus = 6;

    // Default concurrency per vCPU of .NET functions on Lambda Managed Instances.
    private const int ManagedInstancesConcurrencyPerVirtualCpu = 32;

    // Closing tells the other end and doesn't wait for it.
    private static readonly TimeSpan s_releaseBudget = TimeSpan.FromSeconds(1);

    private readonly List<string> _warnings = [];
    private readonly Func<TimeSpan?>? _processAge;

    private ExecutionEnvironment(Func<string, string?> variable, EnvironmentClock clock, Func<TimeSpan?>? processAge)
    {
        Clock = clock;
        _processAge = processAge;
        FunctionName = NullIfEmpty(variable("AWS_LAMBDA_FUNCTION_NAME"));
        FunctionVersion = NullIfEmpty(variable("AWS_LAMBDA_FUNCTION_VERSION"));
        Region = NullIfEmpty(variable("AWS_REGION")) ?? NullIfEmpty(variable("AWS_DEFAULT_REGION"));
        InitializationType = ReadInitializationType(variable("AWS_LAMBDA_INITIALIZATION_TYPE"));
        RuntimeApi = NullIfEmpty(variable("AWS_LAMBDA_RUNTIME_API"));
        Handler = NullIfEmpty(variable("_HANDLER"));
        IsLambda = FunctionName is not null || RuntimeApi is not null;
        MemoryMegabytes = ReadPositive("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", variable);
        VirtualCpus = IsLambda && MemoryMegabytes is { } megabytes
            ? Math.Min(MaxVirtualCpus, megabytes / MegabytesPerVirtualCpu)
            : Environment.ProcessorCount;
        MaxConcurrency = ReadPositive("AWS_LAMBDA_MAX_CONCURRENCY", variable) ?? DefaultConcurrency();
        TemporaryDirectory = NullIfEmpty(variable("TMPDIR")) ?? (IsLambda ? "/tmp" : Path.GetTempPath());
        Lifecycle = new EnvironmentLifecycle(this);
    }

    /// <summary>The environment of this process. Its variables are read at first use.</summary>
    public static ExecutionEnvironment Current { get; } = new(Environment.GetEnvironmentVariable, EnvironmentClock.System, ProcessAge.Now);

    /// <summary>True when the process runs in a Lambda execution environment, or in a local one that sets the same variables.</summary>
    public bool IsLambda { get; }

    /// <summary>The function's name; null outside Lambda.</summary>
    public string? FunctionName { get; }

    /// <summary>The function's version; null outside Lambda.</summary>
    public string? FunctionVersion { get; }

    /// <summary>Host and port of the Runtime API and the Extensions API; null outside Lambda.</summary>
    public string? RuntimeApi { get; }

    /// <summary>
    /// The handler as it is configured: <c>Assembly::Type::Method</c> of a class library, the assembly's name of an executable; null
    /// outside Lambda.
    /// </summary>
    public string? Handler { get; }

    /// <summary>The AWS Region; null where the variables name none.</summary>
    public string? Region { get; }

    /// <summary>The function's memory, in MB (128 to 10,240); null outside Lambda.</summary>
    public int? MemoryMegabytes { get; }

    /// <summary>
    /// The vCPUs that the function's memory buys: one per 1,769 MB, at most 6
    /// (<see href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html">source</see>). A small function has less than 1.
    /// Outside Lambda it is the number of processors.
    /// </summary>
    public double VirtualCpus { get; }

    /// <summary>How the environment was initialized.</summary>
    public InitializationType InitializationType { get; }

    /// <summary>
    /// The maximum number of invocations that this process can be given at once. It is <c>AWS_LAMBDA_MAX_CONCURRENCY</c> where Lambda sets
    /// it; otherwise 1 on Lambda, and 32 per processor on Managed Instances and outside Lambda. Size pools by it.
    /// </summary>
    public int MaxConcurrency { get; }

    /// <summary>
    /// The directory of the ephemeral storage: <c>TMPDIR</c> where it is set, otherwise <c>/tmp</c> on Lambda and the system's elsewhere.
    /// </summary>
    public string TemporaryDirectory { get; }

    /// <summary>A sentence for each of the environment's variables that has a nonsensical value. Empty as a rule.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The environment's clock. All of WarmContext measures time by it.</summary>
    public EnvironmentClock Clock { get; }

    /// <summary>The number of invocations that have begun here so far.</summary>
    public long InvocationCount => Lifecycle.InvocationCount;

    /// <summary>True until the second invocation begins: Init and the first invocation run in a cold environment.</summary>
    public bool IsColdStart => Lifecycle.InvocationCount <= 1;

    /// <summary>
    /// How much longer a running <see cref="WarmUp"/> is waited for; null when none is. In Init, this is what is left for it.
    /// </summary>
    public TimeSpan? WarmUpTimeLeft => Lifecycle.WarmUpTimeLeft;

    /// <summary>
    /// True when an invocation has reached the process. Before a handler has opened one here, the trace id tells: the runtime sets it for
    /// each invocation, and not in Init.
    /// </summary>
    internal bool IsInitOver => Lifecycle.InvocationCount > 0
        || (IsLambda && this == Current && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID")));

    internal EnvironmentLifecycle Lifecycle { get; }

    /// <summary>
    /// How long the process has run, which in Init is what Init has taken so far; null outside Lambda and where the environment isn't the
    /// process's own.
    /// </summary>
    internal TimeSpan? ProcessAgeOnLambda => IsLambda ? _processAge?.Invoke() : null;

    /// <summary>Makes an environment of its own from given variables, for tests and for hosts that run several in one process.</summary>
    /// <param name="variables">The environment variables. A name that is absent counts as not set.</param>
    /// <param name="timeProvider">The time provider. Default: null, <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="variables"/> is null.</exception>
    public static ExecutionEnvironment Create(IReadOnlyDictionary<string, string?> variables, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var isSystem = timeProvider is null || timeProvider == TimeProvider.System;
        var clock = isSystem ? EnvironmentClock.System : new EnvironmentClock(timeProvider!);
        return Create(variables, clock, null);
    }

    internal static ExecutionEnvironment Create(
        IReadOnlyDictionary<string, string?> variables, EnvironmentClock clock, Func<TimeSpan?>? processAge) =>
        new(variables.GetValueOrDefault, clock, processAge);

    /// <summary>
    /// Registers a resource to be revalidated when an invocation begins after a long gap. Registering keeps nothing alive.
    /// </summary>
    /// <param name="resource">The resource. It is held weakly.</param>
    /// <exception cref="ArgumentNullException"><paramref name="resource"/> is null.</exception>
    public void Register(IWarmResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        Lifecycle.Resources.Add(resource);
    }

    /// <summary>Revalidates all registered resources at once, as an invocation does after a long gap. Failures are logged.</summary>
    /// <param name="gap">How long the environment was idle or frozen, or the age of the snapshot that it was restored from.</param>
    /// <param name="budget">The maximum time to wait. What is not done by then carries on.</param>
    public async Task RevalidateAsync(TimeSpan gap, TimeSpan budget)
    {
        await Lifecycle.Resources.RevalidateAsync(null, gap, budget).ConfigureAwait(false);

        // The invocation that follows a restore needn't do it again.
        Lifecycle.Touch();
    }

    /// <summary>
    /// Has all registered resources give up at once what must not be in a snapshot, or be left to the other end at shutdown. Connections
    /// are closed; their next use opens new ones. Failures are logged. <see cref="ShutDownAsync"/> calls it, and on Lambda <c>SnapStart</c>
    /// does.
    /// </summary>
    /// <param name="budget">The maximum time to wait.</param>
    public Task ReleaseAsync(TimeSpan budget) => Lifecycle.Resources.ReleaseAsync(budget);

    /// <summary>
    /// Waits until every <see cref="WarmUp"/> that was run here has finished its items. A failed item counts as finished.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WhenWarmAsync(CancellationToken cancellationToken = default) => Lifecycle.WhenWarmAsync().WaitAsync(cancellationToken);

    /// <summary>
    /// Winds the environment down. Cancels warm-ups, waits for the invocations that run and their background work, has the registered
    /// resources close their connections, and flushes the embedded metrics. Call it at a host's end; on Lambda <c>ShutdownHook</c> does.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for invocations. Metrics are flushed all the same.</param>
    public async Task ShutDownAsync(CancellationToken cancellationToken = default)
    {
        var told = Lifecycle.ShutDownAsync();
        var idle = Lifecycle.WhenIdleAsync();
        await Task.WhenAll(told, idle).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!idle.IsCompleted)
        {
            WarmContextLog.ShutdownDuringInvocations();
        }

        await ReleaseAsync(s_releaseBudget).ConfigureAwait(false);
        Lifecycle.Flush(null);
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private int DefaultConcurrency()
    {
        if (IsLambda && InitializationType != InitializationType.ManagedInstances)
        {
            return 1;
        }

        var cpus = Math.Max(1, (int)Math.Round(VirtualCpus));
        return cpus * ManagedInstancesConcurrencyPerVirtualCpu;
    }

    private InitializationType ReadInitializationType(string? value)
    {
        switch (NullIfEmpty(value))
        {
            case null: return InitializationType.Unknown;
            case "on-demand": return InitializationType.OnDemand;
            case "provisioned-concurrency": return InitializationType.ProvisionedConcurrency;
            case "snap-start": return InitializationType.SnapStart;
            case "lambda-managed-instances": return InitializationType.ManagedInstances;
            default:
                _warnings.Add(
                    $"AWS_LAMBDA_INITIALIZATION_TYPE is '{value}', which is not a known initialization type; it is taken as Unknown.");
                return InitializationType.Unknown;
        }
    }

    private int? ReadPositive(string name, Func<string, string?> variable)
    {
        var value = NullIfEmpty(variable(name));
        if (value is null)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return number;
        }

        _warnings.Add($"{name} is '{value}', which is not a positive whole number; it is ignored.");
        return null;
    }
}
