using WarmContext.Report.Running;

namespace WarmContext.Report.Experiments;

/// <summary>What the report measures itself, in order.</summary>
internal static class ExperimentCatalog
{
    public static IReadOnlyList<RunStep> All { get; } =
    [
        new FirstS3Client(),
        new ConnectionQuery(),
        new ConnectionRoundTrip(),
        new ConnectionAfterKill(),
        new ConnectionHalfOpen(),
        new FileRoundTrip(),
        new FileSizes(),
        new ColdFile(),
        new DistantFile(),
        new DownloadMemory(),
        new BackgroundRoundTrip(),
        new InitCost(),
        new FirstInvocation(),
        new WholeFunction(),
        new DemoStory(),
        new EnvironmentCost(),
        new AnalyzerCost(),
    ];
}
