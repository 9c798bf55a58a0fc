using WarmContext.Report.Model;

namespace WarmContext.Report.Running;

/// <summary>One part of a run.</summary>
public abstract class RunStep
{
    /// <summary>What <c>--filter</c> is matched with, besides the questions'.</summary>
    public abstract string Id { get; }

    /// <summary>What the progress says.</summary>
    public abstract string Title { get; }

    /// <summary>The ids of the questions that it answers.</summary>
    public abstract IReadOnlyList<string> Questions { get; }

    /// <summary>How long it takes on two cores, about.</summary>
    public abstract TimeSpan Estimate(bool quick);

    /// <summary>Whether a quick run has it.</summary>
    public virtual bool IsQuick => true;

    /// <summary>Runs it. Whatever it throws makes the run a failed one.</summary>
    public abstract Task<IReadOnlyList<Question>> RunAsync(RunContext context);
}
