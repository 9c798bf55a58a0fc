namespace WarmContext.Report.Model;

/// <summary>All that a run has found out: what results.json holds and every output is rendered from.</summary>
public sealed record ResultSet
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required RunEnvironment Environment { get; init; }

    public required IReadOnlyList<Question> Questions { get; init; }

    public IReadOnlyList<Goal> Goals { get; init; } = [];

    /// <summary>The demo's table.</summary>
    public IReadOnlyList<StoryRow> Story { get; init; } = [];

    /// <summary>What could not be measured, and why. A run with failures is a failed run.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    public Question? Find(string question) => Questions.FirstOrDefault(q => q.Id == question);
}
