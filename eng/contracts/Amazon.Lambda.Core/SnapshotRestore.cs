#nullable disable
using System.Collections.Concurrent;

namespace Amazon.Lambda.Core;

// What is registered is handed to the runtime by the two internal methods, whose names the real package's runtime calls.
public static class SnapshotRestore
{
    private static readonly ConcurrentQueue<Func<ValueTask>> s_before = new();
    private static readonly ConcurrentQueue<Func<ValueTask>> s_after = new();

    public static void RegisterBeforeSnapshot(Func<ValueTask> beforeSnapshotAction) => s_before.Enqueue(beforeSnapshotAction);

    public static void RegisterAfterRestore(Func<ValueTask> afterRestoreAction) => s_after.Enqueue(afterRestoreAction);

    internal static void CopyBeforeSnapshotCallbacksToRegistry(Action<Func<ValueTask>> register) => Drain(s_before, register);

    internal static void CopyAfterRestoreCallbacksToRegistry(Action<Func<ValueTask>> register) => Drain(s_after, register);

    private static void Drain(ConcurrentQueue<Func<ValueTask>> registered, Action<Func<ValueTask>> register)
    {
        while (registered.TryDequeue(out var hook))
        {
            register(hook);
        }
    }
}
