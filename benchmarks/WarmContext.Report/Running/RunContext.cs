using WarmContext.LocalServices;
using WarmContext.Report.Model;

namespace WarmContext.Report.Running;

/// <summary>What a step is given.</summary>
public sealed class RunContext(bool quick, string workDirectory, Action<double, string> report, CancellationToken cancellationToken)
{
    private readonly List<StoryRow> _story = [];

    /// <summary>Few samples, to show that everything works.</summary>
    public bool Quick { get; } = quick;

    public string Repository { get; } = RepositoryRoot.Find();

    /// <summary>Removed after the run.</summary>
    public string WorkDirectory { get; } = workDirectory;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public IReadOnlyList<StoryRow> Story => _story;

    /// <summary>Takes the demo's table.</summary>
    public void AddStory(IEnumerable<StoryRow> rows) => _story.AddRange(rows);

    /// <summary>How far the step is.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="doing">What it does now.</param>
    public void Report(double share, string doing) => report(share, doing);

    /// <summary>The full run's number, or the quick run's.</summary>
    public int Times(int full, int quick) => Quick ? quick : full;
}
