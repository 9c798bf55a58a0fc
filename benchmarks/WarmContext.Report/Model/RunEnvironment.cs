namespace WarmContext.Report.Model;

/// <summary>Where and how the figures came about. Published with every one of them.</summary>
public sealed record RunEnvironment
{
    public required string Date { get; init; }

    /// <summary>What to type to get the same.</summary>
    public required string Command { get; init; }

    /// <summary>A quick run shows that everything works; its figures are not to be quoted.</summary>
    public bool Quick { get; init; }

    public required string Commit { get; init; }

    public required string Processor { get; init; }

    public int Cores { get; init; }

    public double MemoryGigabytes { get; init; }

    public required string OperatingSystem { get; init; }

    public required string Runtime { get; init; }

    /// <summary>Packages and servers with their versions.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The share of the processor that other work took during the run, in percent; null where it can't be told.</summary>
    public double? OtherLoadPercent { get; init; }

    public double DurationSeconds { get; init; }
}
