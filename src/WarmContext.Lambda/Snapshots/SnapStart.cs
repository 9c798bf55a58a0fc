using Amazon.Lambda.Core;
using WarmContext.Lambda.Snapshots;

namespace WarmContext.Lambda;

/// <summary>
/// Hooks around a SnapStart snapshot. Before it, close or drop what must not be in it; after a restore, renew what must differ between
/// environments. Register them during Init, in the handler class's constructor or static constructor. Without SnapStart they never run.
/// </summary>
/// <remarks>
/// Before the snapshot, running warm-ups are awaited, then the hooks run one by one, last in first out, and then the registered resources
/// close their connections (<see cref="ExecutionEnvironment.ReleaseAsync"/>). After a restore the registered resources are revalidated, all
/// at once, which opens new connections, and then the hooks run, first in first out. For the resources a <c>WarmHandler</c> is enough,
/// without any hook. Lambda allows 10 s for a restore (https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html, read
/// 2026-11-20). Safe to use from several threads at once.
/// </remarks>
public static class SnapStart
{
    private static readonly Lazy<SnapshotHooks> s_hooks = new(static () =>
    {
        var hooks = new SnapshotHooks(ExecutionEnvironment.Current);
        if (ExecutionEnvironment.Current.InitializationType == InitializationType.SnapStart)
        {
            SnapshotRestore.RegisterBeforeSnapshot(hooks.RunBeforeSnapshotAsync);
            SnapshotRestore.RegisterAfterRestore(hooks.RunAfterRestoreAsync);
        }

        return hooks;
    });

    /// <summary>Has connections closed before the snapshot and opened after a restore, also without any hook.</summary>
    internal static void Arm(ExecutionEnvironment environment)
    {
        if (environment == ExecutionEnvironment.Current && environment.InitializationType == InitializationType.SnapStart)
        {
            _ = s_hooks.Value;
        }
    }

    /// <summary>Registers work to do before the snapshot is taken: close connections, drop secrets, prime.</summary>
    /// <param name="name">The name in logs.</param>
    /// <param name="hook">The work. If it throws, the other hooks still run, and then the snapshot fails.</param>
    /// <returns>False when it is too late: the hook will not run. A warning is logged.</returns>
    /// <exception cref="ArgumentException">An argument is null or blank.</exception>
    public static bool BeforeSnapshot(string name, Func<Task> hook) => s_hooks.Value.AddBeforeSnapshot(name, hook);

    /// <summary>
    /// Registers a holder whose value must not be in the snapshot. The value is invalidated and disposed before the snapshot (an
    /// asynchronous disposal isn't awaited), and created again at its first use after a restore.
    /// </summary>
    /// <typeparam name="T">What is held.</typeparam>
    /// <param name="holder">The holder.</param>
    /// <returns>False when it is too late: the value stays in the snapshot. A warning is logged.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="holder"/> is null.</exception>
    public static bool Release<T>(Warm<T> holder)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(holder);
        return BeforeSnapshot(holder.Name, () =>
        {
            holder.Invalidate();
            return Task.CompletedTask;
        });
    }

    /// <summary>Registers work to do after a restore: seed random numbers, create identifiers, read again what may have changed.</summary>
    /// <param name="name">The name in logs.</param>
    /// <param name="hook">The work. If it throws, the other hooks still run, and then the restore fails.</param>
    /// <returns>False when it is too late: the hook will not run. A warning is logged.</returns>
    /// <exception cref="ArgumentException">An argument is null or blank.</exception>
    public static bool AfterRestore(string name, Func<Task> hook) => s_hooks.Value.AddAfterRestore(name, hook);
}
