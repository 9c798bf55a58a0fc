using System.Globalization;
using System.Text.RegularExpressions;
using WarmContext.Testing.Model.Options;

namespace WarmContext.Testing;

/// <content>What the options must be.</content>
public sealed partial class LocalFunctionOptions
{
    internal LocalFunctionOptions Validated()
    {
        NotEmpty(Handler, nameof(Handler));
        NotEmpty(AssemblyDirectory, nameof(AssemblyDirectory));
        NotEmpty(Region, nameof(Region));
        if (!Directory.Exists(AssemblyDirectory))
        {
            throw new ArgumentException(
                $"{Name(nameof(AssemblyDirectory))} is '{AssemblyDirectory}', which is not a directory; it must be the function's build " +
                "or publish output.");
        }

        if (ExtensionsDirectory is not null && !Directory.Exists(ExtensionsDirectory))
        {
            throw new ArgumentException(
                $"{Name(nameof(ExtensionsDirectory))} is '{ExtensionsDirectory}', which is not a directory; it must hold the programs " +
                "of external extensions, or be null.");
        }

        CheckBootstrap();
        Between(Timeout, TimeSpan.FromMinutes(15), nameof(Timeout));
        Between(InitTimeout, TimeSpan.FromMinutes(15), nameof(InitTimeout));
        if (MemoryMegabytes is < 128 or > 10_240)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MemoryMegabytes),
                MemoryMegabytes,
                Invariant($"{Name(nameof(MemoryMegabytes))} is {MemoryMegabytes}; it must be between 128 and 10240."));
        }

        if (EphemeralStorageMegabytes is < 512 or > 10_240)
        {
            throw new ArgumentOutOfRangeException(
                nameof(EphemeralStorageMegabytes),
                EphemeralStorageMegabytes,
                Invariant($"{Name(nameof(EphemeralStorageMegabytes))} is {EphemeralStorageMegabytes}; it must be between 512 and 10240."));
        }

        if ((ResourceLimits & ~ResourceLimits.All) != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(ResourceLimits),
                ResourceLimits,
                $"{Name(nameof(ResourceLimits))} is {ResourceLimits}; it must be a combination of " +
                $"{string.Join(", ", Enum.GetNames<ResourceLimits>())}.");
        }

        if (!Enum.IsDefined(FreezeMechanism))
        {
            throw new ArgumentOutOfRangeException(
                nameof(FreezeMechanism),
                FreezeMechanism,
                $"{Name(nameof(FreezeMechanism))} is {FreezeMechanism}; it must be one of " +
                $"{string.Join(", ", Enum.GetNames<FreezeMechanism>())}.");
        }

        Between(IdleConnectionTimeout, TimeSpan.FromDays(1), nameof(IdleConnectionTimeout));
        if (FunctionName is null || !AllowedName().IsMatch(FunctionName))
        {
            throw new ArgumentException(
                $"{Name(nameof(FunctionName))} is '{FunctionName}'; it must be 1 to 64 letters, digits, hyphens and underscores.");
        }

        if (InitializationType == InitializationType.Unknown || !Enum.IsDefined(InitializationType))
        {
            throw new ArgumentOutOfRangeException(
                nameof(InitializationType),
                InitializationType,
                $"{Name(nameof(InitializationType))} is {InitializationType}; it must be OnDemand, ProvisionedConcurrency, SnapStart or " +
                "ManagedInstances.");
        }

        if (MaxConcurrency is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxConcurrency),
                MaxConcurrency,
                Invariant($"{Name(nameof(MaxConcurrency))} is {MaxConcurrency}; it must be between 1 and 1000."));
        }

        if (!Enum.IsDefined(InitFailure))
        {
            throw new ArgumentOutOfRangeException(
                nameof(InitFailure),
                InitFailure,
                $"{Name(nameof(InitFailure))} is {InitFailure}; it must be one of " +
                $"{string.Join(", ", Enum.GetNames<InitFailurePolicy>())}.");
        }

        var copy = Copy();
        copy.AssemblyDirectory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(AssemblyDirectory));
        copy.Bootstrap = Bootstrap is null ? null : Path.GetFullPath(Bootstrap);
        copy.ExtensionsDirectory = ExtensionsDirectory is null ? null : Path.GetFullPath(ExtensionsDirectory);
        copy.Environment = ValidatedEnvironment();
        return copy;
    }

    /// <summary>A copy, so that a change of the one changes nothing of the other.</summary>
    internal LocalFunctionOptions Copy() => (LocalFunctionOptions)MemberwiseClone();

    private static string Name(string option) => $"{nameof(LocalFunctionOptions)}.{option}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void NotEmpty(string? value, string option)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException($"{Name(option)} is empty.");
        }
    }

    private static void Between(TimeSpan value, TimeSpan max, string option)
    {
        if (value <= TimeSpan.Zero || value > max)
        {
            throw new ArgumentOutOfRangeException(
                option, value, Invariant($"{Name(option)} is {value}; it must be more than zero and at most {max}."));
        }
    }

    private void CheckBootstrap()
    {
        if (Bootstrap is null)
        {
            return;
        }

        if (!File.Exists(Bootstrap))
        {
            throw new ArgumentException(
                $"{Name(nameof(Bootstrap))} is '{Bootstrap}', which is not a file; it must be a program or an assembly (.dll) that hosts " +
                "class-library handlers, or null.");
        }

        if (!IsClassLibrary)
        {
            throw new ArgumentException(
                $"{Name(nameof(Bootstrap))} is '{Bootstrap}', and {Name(nameof(Handler))} is '{Handler}', which is started itself; a " +
                "bootstrap is for Assembly::Namespace.Type::Method.");
        }
    }

    private Dictionary<string, string> ValidatedEnvironment()
    {
        var copy = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in Environment ?? throw new ArgumentException(
            $"{Name(nameof(Environment))} is null; leave its default or set a dictionary."))
        {
            if (!AllowedVariable().IsMatch(variable.Key) || variable.Value is null
                || variable.Value.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"{Name(nameof(Environment))} has '{variable.Key}'; a name must be letters, digits and underscores and not begin " +
                    "with a digit, and the value must not be null or have a NUL.");
            }

            if (ReservedVariables.Contains(variable.Key))
            {
                throw new ArgumentException(
                    $"{Name(nameof(Environment))} sets '{variable.Key}', which Lambda keeps for itself. Use the option that stands for " +
                    $"it ({nameof(Handler)}, {nameof(FunctionName)}, {nameof(MemoryMegabytes)}, {nameof(Region)}, ...).");
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
