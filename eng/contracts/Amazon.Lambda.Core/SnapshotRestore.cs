#nullable disable
namespace Amazon.Lambda.Core;

public static class SnapshotRestore
{
    public static void RegisterBeforeSnapshot(Func<ValueTask> beforeSnapshotAction)
    {
    }

    public static void RegisterAfterRestore(Func<ValueTask> afterRestoreAction)
    {
    }
}
