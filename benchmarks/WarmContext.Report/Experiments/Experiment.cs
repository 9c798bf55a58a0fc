using WarmContext.Report.Running;

namespace WarmContext.Report.Experiments;

/// <summary>
/// A step that measures by itself what BenchmarkDotNet can't: what takes milliseconds, needs a network or a new process, or may fail.
/// </summary>
public abstract class Experiment : RunStep
{
    public abstract string Practice { get; }

    public override string Id => Questions[0];
}
