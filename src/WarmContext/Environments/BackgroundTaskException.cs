namespace WarmContext;

/// <summary>Thrown under <see cref="BackgroundFailurePolicy.FailInvocation"/> when background tasks didn't complete. It names them.</summary>
public sealed class BackgroundTaskException : Exception
{
    internal BackgroundTaskException(BackgroundReport report)
        : base(Describe(report), FirstFailure(report)) => Report = report;

    /// <summary>What became of every task of the invocation.</summary>
    public BackgroundReport Report { get; }

    private static string Describe(BackgroundReport report) =>
        $"Background work of invocation {report.RequestId} did not complete: " +
        string.Join(", ", report.Tasks.Where(static task => task.Outcome != BackgroundTaskOutcome.Completed).Select(static task => $"{task.Name} ({task.Outcome})"));

    private static Exception? FirstFailure(BackgroundReport report) =>
        report.Tasks.Select(static task => task.Exception).FirstOrDefault(static exception => exception is not null);
}
