#nullable disable
namespace Amazon.Lambda.Core;

public static class SnapshotRestore
{
    public static void RegisterBeforeSnapshot(Func<ValueTask> beforeSnapshotAction) => throw new NotSupportedException("Signatures only; build with LambdaCore=package.");

    public static void RegisterAfterRestore(Func<ValueTask> afterRestoreAction) => throw new NotSupportedException("Signatures only; build with LambdaCore=package.");
}
