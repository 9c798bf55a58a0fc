using System.Globalization;

namespace WarmContext.Testing;

/// <summary>Which function to run in a fleet, and in how many environments.</summary>
public sealed class LocalFleetOptions
{
    // Lambda's default for an account and Region (https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html, read 2026-11-20).
    private const int MaxAllowed = 1000;

    /// <summary>The function. Its initialization type is that of the environments that are started on demand.</summary>
    public required LocalFunctionOptions Function { get; set; }

    /// <summary>How many environments there may be at once. An invocation that needs one more is throttled.</summary>
    /// <value>Default: 10, because each is a process on this machine. Allowed: 1 to 1,000.</value>
    public int MaxEnvironments { get; set; } = 10;

    /// <summary>How many environments are started ahead, with provisioned concurrency.</summary>
    /// <value>Default: 0. Allowed: 0 to <see cref="MaxEnvironments"/>.</value>
    public int ProvisionedEnvironments { get; set; }

    /// <summary>
    /// How long an invocation at the limit waits for an environment that has answered and has yet to ask for its next event. Without the
    /// wait, it would depend on how busy the machine is whether it is throttled.
    /// </summary>
    internal TimeSpan PatienceAtLimit { get; set; } = TimeSpan.FromSeconds(2);

    internal LocalFleetOptions Validated()
    {
        ArgumentNullException.ThrowIfNull(Function);
        if (MaxEnvironments is < 1 or > MaxAllowed)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxEnvironments),
                MaxEnvironments,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nameof(LocalFleetOptions)}.{nameof(MaxEnvironments)} is {MaxEnvironments}; it must be between 1 and {MaxAllowed}."));
        }

        if (ProvisionedEnvironments < 0 || ProvisionedEnvironments > MaxEnvironments)
        {
            throw new ArgumentOutOfRangeException(
                nameof(ProvisionedEnvironments),
                ProvisionedEnvironments,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nameof(LocalFleetOptions)}.{nameof(ProvisionedEnvironments)} is {ProvisionedEnvironments}; it must be between 0 " +
                    $"and {nameof(MaxEnvironments)}, {MaxEnvironments}."));
        }

        return new LocalFleetOptions
        {
            Function = Function.Validated(),
            MaxEnvironments = MaxEnvironments,
            ProvisionedEnvironments = ProvisionedEnvironments,
            PatienceAtLimit = PatienceAtLimit,
        };
    }
}
