using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Isolation;

/// <summary>Stops processes by SIGSTOP to their groups, where no control group can be had for it.</summary>
/// <param name="processes">The processes, as they are when it is used.</param>
internal sealed class SignalFreezer(List<FunctionProcess> processes) : IFreezer
{
    public bool IsFrozen => processes.TrueForAll(static process => process.Exited.IsCompleted || ProcessTable.IsStopped(process.Id));

    public void Freeze() => processes.ForEach(static process => process.Freeze());

    public void Thaw() => processes.ForEach(static process => process.Thaw());
}
