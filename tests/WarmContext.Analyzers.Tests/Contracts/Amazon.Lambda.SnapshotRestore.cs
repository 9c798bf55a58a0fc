// Signatures only: the part of Amazon.Lambda.Core that this repository's contract doesn't have.
#nullable disable
namespace Amazon.Lambda.Core;

public static class SnapshotRestore
{
    public static void RegisterBeforeSnapshot(Func<ValueTask> beforeSnapshotAction) => throw null;

    public static void RegisterAfterRestore(Func<ValueTask> afterRestoreAction) => throw null;
}
