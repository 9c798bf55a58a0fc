namespace WarmContext;

/// <summary>When a request was sent, by the environment's clock and for the disk.</summary>
internal readonly record struct DownloadStart(ClockReading Reading, DateTime Utc);
