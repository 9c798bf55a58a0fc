namespace WarmContext.Tool.Output;

/// <summary>Shows nothing.</summary>
internal sealed class QuietProgress : RunProgress;
