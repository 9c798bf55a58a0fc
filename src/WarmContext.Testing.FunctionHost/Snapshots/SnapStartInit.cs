using WarmContext.Testing.FunctionHost.Api;

namespace WarmContext.Testing.FunctionHost.Snapshots;

/// <summary>
/// The last part of Init with SnapStart: the before-snapshot hooks, the snapshot, and, restored, the after-restore hooks.
/// </summary>
internal static class SnapStartInit
{
    private const string BeforeSnapshotError = "Runtime.BeforeSnapshotError";
    private const string AfterRestoreError = "Runtime.AfterRestoreError";

    /// <summary>Runs it.</summary>
    /// <returns>False when a hook failed; the Runtime API has been told.</returns>
    public static bool Run(RuntimeApiConnection api)
    {
        var hooks = SnapshotHooks.Take();
        if (!TryRun(hooks.RunBeforeSnapshot, api, "/2018-06-01/runtime/init/error", BeforeSnapshotError))
        {
            return false;
        }

        // Answered when there is something to restore for.
        var restore = api.Get("/2018-06-01/runtime/restore/next");
        return restore.Status != 200
            ? throw new RuntimeApiException($"The Runtime API refused the request for the restore with status {restore.Status}.")
            : TryRun(hooks.RunAfterRestore, api, "/2018-06-01/runtime/restore/error", AfterRestoreError);
    }

    private static bool TryRun(Action hooks, RuntimeApiConnection api, string errorPath, string errorType)
    {
        try
        {
            hooks();
            return true;
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            api.Post(errorPath, "application/json", FunctionError.ToJson(exception), errorType);
            return false;
        }
    }
}
