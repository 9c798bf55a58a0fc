using WarmContext.Diagnostics;

namespace WarmContext;

/// <summary>Background tasks didn't complete, under <see cref="BackgroundFailurePolicy.FailInvocation"/>. The message names them.</summary>
public sealed class BackgroundTaskException : Exception
{
    internal BackgroundTaskException(BackgroundReport report)
        : base(Describe(report), FirstFailure(report)) => Report = report;

    /// <summary>The outcome of every task of the invocation.</summary>
    public BackgroundReport Report { get; }

    private static string Describe(BackgroundReport report)
    {
        var tasks = report.Tasks
            .Where(static task => task.Outcome != BackgroundTaskOutcome.Completed)
            .Select(static task => $"{LogText.Escape(task.Name)} ({task.Outcome})");
        return $"Background work of invocation {report.RequestId} did not complete: {string.Join(", ", tasks)}";
    }

    private static Exception? FirstFailure(BackgroundReport report) =>
        report.Tasks.Select(static task => task.Exception).FirstOrDefault(static exception => exception is not null);
}
