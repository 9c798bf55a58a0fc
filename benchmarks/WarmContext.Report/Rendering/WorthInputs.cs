namespace WarmContext.Report.Rendering;

/// <summary>What turns time into money.</summary>
public sealed record WorthInputs
{
    /// <summary>
    /// Lambda's list price for x86 in us-east-1, first tier, in dollars (https://aws.amazon.com/lambda/pricing/, November 2026).
    /// </summary>
    public const double DefaultPrice = 0.0000166667;

    /// <summary>Dollars for a gigabyte-second.</summary>
    public double PricePerGigabyteSecond { get; init; } = DefaultPrice;

    /// <summary>The function's memory, in MB.</summary>
    public int MemoryMegabytes { get; init; } = 512;

    public long Invocations { get; init; } = 1_000_000;

    /// <summary>What so many nanoseconds in each invocation cost.</summary>
    public double Dollars(double nanoseconds) => nanoseconds / 1e9 * Invocations * MemoryMegabytes / 1024 * PricePerGigabyteSecond;

    /// <exception cref="ReportException">A value isn't allowed.</exception>
    public WorthInputs Validated() => this switch
    {
        { PricePerGigabyteSecond: <= 0 or > 1 } =>
            throw new ReportException(
                $"--price-per-gb-second is {PricePerGigabyteSecond}; it must be more than 0 and at most 1 (dollars)."),
        { MemoryMegabytes: < 128 or > 10_240 } =>
            throw new ReportException($"--memory is {MemoryMegabytes}; it must be 128 to 10240 (MB)."),
        { Invocations: < 1 or > 1_000_000_000_000 } =>
            throw new ReportException($"--invocations is {Invocations}; it must be 1 to 1,000,000,000,000."),
        _ => this,
    };
}
