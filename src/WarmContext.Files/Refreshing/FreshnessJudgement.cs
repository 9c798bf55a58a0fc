namespace WarmContext.Files.Refreshing;

/// <summary>What may be done with a copy.</summary>
internal enum FreshnessJudgement
{
    /// <summary>Serve it.</summary>
    Fresh,

    /// <summary>Serve it, and have it revalidated in the background.</summary>
    ServeAndRevalidate,

    /// <summary>Ask the source first.</summary>
    Stale,
}
