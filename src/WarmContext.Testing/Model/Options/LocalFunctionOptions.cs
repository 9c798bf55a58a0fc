using WarmContext.Testing.Model.Options;

namespace WarmContext.Testing;

/// <summary>Which function to run, and how its environment is configured.</summary>
public sealed partial class LocalFunctionOptions
{
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (read 2026-11-20).
    private static readonly TimeSpan s_initLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_initLimitAhead = TimeSpan.FromSeconds(130);

    private TimeSpan? _initTimeout;

    /// <summary>
    /// The handler: <c>Assembly::Namespace.Type::Method</c> for a class library; the name of an executable assembly or program in
    /// <see cref="AssemblyDirectory"/>; or anything, where there is a program called <c>bootstrap</c>, which finds it in <c>_HANDLER</c>.
    /// </summary>
    public required string Handler { get; set; }

    /// <summary>The directory with the function's build or publish output.</summary>
    /// <value>Default: where the running application's own assemblies are.</value>
    public string AssemblyDirectory { get; set; } = AppContext.BaseDirectory;

    /// <summary>
    /// What hosts a class-library handler, in place of the host that this package brings: a program, which is started with the handler as
    /// its argument, or an assembly (<c>.dll</c>), started as Lambda starts its own, by
    /// <c>dotnet exec --depsfile … --runtimeconfig … Bootstrap.dll handler</c>. <c>_HANDLER</c> is the handler. With AWS's own
    /// <c>Amazon.Lambda.RuntimeSupport.dll</c> the function runs as it does on Lambda.
    /// </summary>
    /// <value>
    /// Default: null, the package's own host; the repository's <c>docs/function-host.md</c> says where that differs. Allowed only where
    /// <see cref="Handler"/> is <c>Assembly::Namespace.Type::Method</c>.
    /// </value>
    public string? Bootstrap { get; set; }

    /// <summary>
    /// A directory with external extensions, like <c>/opt/extensions</c>. Every executable file in it is started before the function, and
    /// must register under its file name.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? ExtensionsDirectory { get; set; }

    /// <summary>
    /// How long an invocation may take, until the runtime and all extensions have asked for the next. A process that takes longer is
    /// killed, and the environment is reset.
    /// </summary>
    /// <value>Default: 30 s, as in AWS's .NET templates (Lambda's own is 3 s). Allowed: more than 0 to 15 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long Init may take (<see href="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html">source</see>). An
    /// Init that takes longer is killed; <see cref="InitFailure"/> says what happens then.
    /// </summary>
    /// <value>Default: 10 s on demand, 130 s where Init runs ahead of requests. Allowed: more than 0 to 15 minutes.</value>
    public TimeSpan InitTimeout
    {
        get => _initTimeout ?? (InitializationType == InitializationType.OnDemand ? s_initLimit : s_initLimitAhead);
        set => _initTimeout = value;
    }

    /// <summary>
    /// SnapStart's limit for the after-restore hooks (https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html, read
    /// 2026-11-20). For tests of this package.
    /// </summary>
    internal TimeSpan RestoreTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many times as long as on Lambda the Shutdown phase may take. For tests of this package: half a second is less than a busy
    /// machine may need for what isn't late.
    /// </summary>
    internal double ShutdownPatience { get; set; } = 1;

    /// <summary>How the Extensions API fails; null when it doesn't. For tests.</summary>
    internal ExtensionFaults? ExtensionFaults { get; set; }

    /// <summary>The function's memory, in MB. <see cref="ResourceLimits"/> says what it limits.</summary>
    /// <value>Default: 512. Allowed: 128 to 10,240.</value>
    public int MemoryMegabytes { get; set; } = 512;

    /// <summary>The size of the ephemeral storage, in MB.</summary>
    /// <value>Default: 512. Allowed: 512 to 10,240.</value>
    public int EphemeralStorageMegabytes { get; set; } = 512;

    /// <summary>
    /// Which resources are limited as on Lambda, where this machine permits it. A limit that it doesn't permit is logged once, and is in
    /// <see cref="Recording.Limitations"/>.
    /// </summary>
    /// <value>Default: <see cref="ResourceLimits.All"/>.</value>
    public ResourceLimits ResourceLimits { get; set; } = ResourceLimits.All;

    /// <summary>How the process is frozen. The start fails when a mechanism is named that this machine doesn't permit.</summary>
    /// <value>Default: <see cref="FreezeMechanism.Best"/>.</value>
    public FreezeMechanism FreezeMechanism { get; set; } = FreezeMechanism.Best;

    /// <summary>
    /// Whether <see cref="LocalExecutionEnvironment.FreezeFor"/> can be used. A library compiled from C is preloaded into the function
    /// then, which moves the clocks that the function reads.
    /// </summary>
    /// <value>Default: false.</value>
    public bool TimeTravel { get; set; }

    /// <summary>
    /// The time without traffic after which the network forgets a connection, for <see cref="LocalExecutionEnvironment.FreezeFor"/>.
    /// </summary>
    /// <value>Default: 350 s, the idle timeout of AWS's NAT gateways and Network Load Balancers. Allowed: more than 0 to 1 day.</value>
    public TimeSpan IdleConnectionTimeout { get; set; } = TimeSpan.FromSeconds(350);

    /// <summary>
    /// The function's own environment variables. The function gets none of this machine's. Credentials may be given (AWS_ACCESS_KEY_ID and
    /// so on), in place of those of an execution role. Names that Lambda keeps for itself are refused.
    /// </summary>
    /// <value>Default: none.</value>
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The function's name.</summary>
    /// <value>Default: <c>local-function</c>. Allowed: 1 to 64 letters, digits, hyphens and underscores.</value>
    public string FunctionName { get; set; } = "local-function";

    /// <summary>The Region that the function sees.</summary>
    /// <value>Default: <c>us-east-1</c>.</value>
    public string Region { get; set; } = "us-east-1";

    /// <summary>
    /// How the environment is initialized. With <see cref="InitializationType.SnapStart"/> Init ends with a snapshot, for which a freeze
    /// stands; the first invocation restores it. On <see cref="InitializationType.ManagedInstances"/> one process gets many invocations at
    /// once, is never frozen, and its timeout isn't enforced.
    /// </summary>
    /// <value>Default: <see cref="InitializationType.OnDemand"/>. Allowed: all but <see cref="InitializationType.Unknown"/>.</value>
    public InitializationType InitializationType { get; set; } = InitializationType.OnDemand;

    /// <summary>
    /// How many invocations may run at once on <see cref="InitializationType.ManagedInstances"/>. The function finds the number in
    /// <c>AWS_LAMBDA_MAX_CONCURRENCY</c>. Other initialization types don't use it.
    /// </summary>
    /// <value>Default: 32, Lambda's for .NET with one vCPU. Allowed: 1 to 1,000.</value>
    public int MaxConcurrency { get; set; } = 32;

    /// <summary>What a failed Init does.</summary>
    /// <value>Default: <see cref="InitFailurePolicy.Throw"/>.</value>
    public InitFailurePolicy InitFailure { get; set; } = InitFailurePolicy.Throw;

    /// <summary>Whether the process is frozen between invocations, as on Lambda. False shows what the freeze changes.</summary>
    /// <value>Default: true.</value>
    public bool FreezesBetweenInvocations { get; set; } = true;

    /// <summary>
    /// Whether to measure, for every invocation, what the function does that the practices forbid.
    /// <see cref="LocalExecutionEnvironment.ReadRecording"/> has the findings. Each invocation costs some milliseconds more, and the
    /// function runs for 5 ms between its thaw and the event, so that resumed work shows.
    /// </summary>
    /// <value>Default: false.</value>
    public bool Audit { get; set; }

    /// <summary>One process, many invocations.</summary>
    internal bool IsClassLibrary => Handler.Contains("::", StringComparison.Ordinal);

    internal bool IsConcurrent => InitializationType == InitializationType.ManagedInstances;

    internal bool IsSnapStart => InitializationType == InitializationType.SnapStart;

    internal bool IsFrozenBetweenInvocations => FreezesBetweenInvocations && !IsConcurrent;
}
