using System.Globalization;
using System.Text.RegularExpressions;
using WarmContext.Testing.Functions;

namespace WarmContext.Testing;

/// <summary>What function to run, and how its environment is configured.</summary>
public sealed partial class LocalFunctionOptions
{
    /// <summary>
    /// The handler: <c>Assembly::Namespace.Type::Method</c> for a class library; the name of an executable assembly or program in
    /// <see cref="AssemblyDirectory"/>; or anything, where there is a program called <c>bootstrap</c>, which finds it in <c>_HANDLER</c>.
    /// </summary>
    public required string Handler { get; set; }

    /// <summary>The directory with the function's build or publish output. <value>Default: where the running application's own assemblies are.</value></summary>
    public string AssemblyDirectory { get; set; } = AppContext.BaseDirectory;

    /// <summary>
    /// A directory with external extensions, like <c>/opt/extensions</c>: every executable file in it is started before the function, and must register under its
    /// file name. <value>Default: null, none.</value>
    /// </summary>
    public string? ExtensionsDirectory { get; set; }

    /// <summary>
    /// How long an invocation may take until the runtime and all extensions have asked for the next; then the process is killed and the environment reset.
    /// <value>Default: 30 s, as in AWS's .NET templates (Lambda's own is 3 s). Allowed: more than 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long Init may take (<see href="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html">source</see>). An Init that takes
    /// longer is killed; what happens then, <see cref="InitFailure"/> says. <value>Default: 10 s. Allowed: more than 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The function's memory, in MB. The function sees it; it is not enforced. <value>Default: 512. Allowed: 128 to 10,240.</value></summary>
    public int MemoryMegabytes { get; set; } = 512;

    /// <summary>
    /// The function's own environment variables. Of this machine's variables it gets none. Credentials may be given here (AWS_ACCESS_KEY_ID and so on),
    /// in place of those of an execution role; names that Lambda keeps for itself are refused. <value>Default: none.</value>
    /// </summary>
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The function's name. <value>Default: <c>local-function</c>. Allowed: 1 to 64 letters, digits, hyphens and underscores.</value></summary>
    public string FunctionName { get; set; } = "local-function";

    /// <summary>The Region that the function sees. <value>Default: <c>us-east-1</c>.</value></summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>
    /// How the environment is said to have been initialized.
    /// On <see cref="InitializationType.ManagedInstances"/> one process gets many invocations at once, is never frozen, and its timeout isn't enforced.
    /// <value>Default: <see cref="InitializationType.OnDemand"/>. Allowed: that, <see cref="InitializationType.ProvisionedConcurrency"/> and
    /// <see cref="InitializationType.ManagedInstances"/>.</value>
    /// </summary>
    public InitializationType InitializationType { get; set; } = InitializationType.OnDemand;

    /// <summary>
    /// The most invocations at once on <see cref="InitializationType.ManagedInstances"/>; the function finds it in <c>AWS_LAMBDA_MAX_CONCURRENCY</c>. Not used otherwise.
    /// <value>Default: 32, Lambda's for .NET with one vCPU. Allowed: 1 to 1,000.</value>
    /// </summary>
    public int MaxConcurrency { get; set; } = 32;

    /// <summary>What a failed Init does. <value>Default: <see cref="InitFailurePolicy.Throw"/>.</value></summary>
    public InitFailurePolicy InitFailure { get; set; } = InitFailurePolicy.Throw;

    /// <summary>Whether the process is frozen between invocations, as on Lambda. <value>Default: true; false is for finding out what the freeze changes.</value></summary>
    public bool FreezesBetweenInvocations { get; set; } = true;

    /// <summary>One process, many invocations.</summary>
    internal bool IsConcurrent => InitializationType == InitializationType.ManagedInstances;

    internal bool IsFrozenBetweenInvocations => FreezesBetweenInvocations && !IsConcurrent;

    internal LocalFunctionOptions Validated()
    {
        NotEmpty(Handler, nameof(Handler));
        NotEmpty(AssemblyDirectory, nameof(AssemblyDirectory));
        NotEmpty(Region, nameof(Region));
        if (!Directory.Exists(AssemblyDirectory))
        {
            throw new ArgumentException($"{Name(nameof(AssemblyDirectory))} is '{AssemblyDirectory}', which is not a directory; it must be the function's build or publish output.");
        }

        if (ExtensionsDirectory is not null && !Directory.Exists(ExtensionsDirectory))
        {
            throw new ArgumentException($"{Name(nameof(ExtensionsDirectory))} is '{ExtensionsDirectory}', which is not a directory; it must hold the programs of external extensions, or be null.");
        }

        Between(Timeout, TimeSpan.FromMinutes(15), nameof(Timeout));
        Between(InitTimeout, TimeSpan.FromMinutes(15), nameof(InitTimeout));
        if (MemoryMegabytes is < 128 or > 10_240)
        {
            throw new ArgumentOutOfRangeException(nameof(MemoryMegabytes), MemoryMegabytes, Invariant($"{Name(nameof(MemoryMegabytes))} is {MemoryMegabytes}; it must be between 128 and 10240."));
        }

        if (FunctionName is null || !AllowedName().IsMatch(FunctionName))
        {
            throw new ArgumentException($"{Name(nameof(FunctionName))} is '{FunctionName}'; it must be 1 to 64 letters, digits, hyphens and underscores.");
        }

        if (InitializationType is not (InitializationType.OnDemand or InitializationType.ProvisionedConcurrency or InitializationType.ManagedInstances))
        {
            throw new ArgumentOutOfRangeException(
                nameof(InitializationType), InitializationType, $"{Name(nameof(InitializationType))} is {InitializationType}; it must be OnDemand, ProvisionedConcurrency or ManagedInstances.");
        }

        if (MaxConcurrency is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxConcurrency), MaxConcurrency, Invariant($"{Name(nameof(MaxConcurrency))} is {MaxConcurrency}; it must be between 1 and 1000."));
        }

        if (!Enum.IsDefined(InitFailure))
        {
            throw new ArgumentOutOfRangeException(nameof(InitFailure), InitFailure, $"{Name(nameof(InitFailure))} is {InitFailure}; it must be one of {string.Join(", ", Enum.GetNames<InitFailurePolicy>())}.");
        }

        // A copy, so that a change of the caller's object afterwards changes no running environment.
        var copy = (LocalFunctionOptions)MemberwiseClone();
        copy.AssemblyDirectory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(AssemblyDirectory));
        copy.ExtensionsDirectory = ExtensionsDirectory is null ? null : Path.GetFullPath(ExtensionsDirectory);
        copy.Environment = ValidatedEnvironment();
        return copy;
    }

    private static string Name(string option) => $"{nameof(LocalFunctionOptions)}.{option}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void NotEmpty(string? value, string option)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException($"{Name(option)} is empty.");
        }
    }

    private static void Between(TimeSpan value, TimeSpan most, string option)
    {
        if (value <= TimeSpan.Zero || value > most)
        {
            throw new ArgumentOutOfRangeException(option, value, Invariant($"{Name(option)} is {value}; it must be more than zero and at most {most}."));
        }
    }

    private Dictionary<string, string> ValidatedEnvironment()
    {
        var copy = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in Environment ?? throw new ArgumentException($"{Name(nameof(Environment))} is null; leave its default or set a dictionary."))
        {
            if (!AllowedVariable().IsMatch(variable.Key) || variable.Value is null || variable.Value.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException($"{Name(nameof(Environment))} has '{variable.Key}'; a name must be letters, digits and underscores and not begin with a digit, and the value must not be null or have a NUL.");
            }

            if (LambdaVariables.IsReserved(variable.Key))
            {
                throw new ArgumentException($"{Name(nameof(Environment))} sets '{variable.Key}', which Lambda keeps for itself. Use the option that stands for it ({nameof(Handler)}, {nameof(FunctionName)}, {nameof(MemoryMegabytes)}, {nameof(Region)}, ...).");
            }

            copy[variable.Key] = variable.Value;
        }

        return copy;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex AllowedName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex AllowedVariable();
}
