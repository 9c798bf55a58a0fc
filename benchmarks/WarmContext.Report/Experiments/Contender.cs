using WarmContext.Report.Model;

namespace WarmContext.Report.Experiments;

/// <summary>One way of doing a thing, to be compared with others.</summary>
/// <param name="Id">The row's.</param>
/// <param name="Label">What the table calls it.</param>
/// <param name="Role">What it is in the table.</param>
/// <param name="RunAsync">What is measured.</param>
internal sealed record Contender(string Id, string Label, RowRole Role, Func<CancellationToken, Task> RunAsync)
{
    /// <summary>Runs before each turn, unmeasured.</summary>
    public Func<CancellationToken, Task>? Before { get; init; }

    /// <summary>Runs after each turn, unmeasured, also after a failed one.</summary>
    public Func<CancellationToken, Task>? After { get; init; }

    /// <summary>A failure is a result, and not the run's end.</summary>
    public bool MayFail { get; init; }

    /// <summary>The measured time is divided by this: so many things are done in a turn.</summary>
    public int PerTurn { get; init; } = 1;
}
