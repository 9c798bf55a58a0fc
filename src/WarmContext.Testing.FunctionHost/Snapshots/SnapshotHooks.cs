using System.Reflection;
using System.Runtime.Loader;

namespace WarmContext.Testing.FunctionHost.Snapshots;

/// <summary>
/// The hooks that a function has registered with its Amazon.Lambda.Core for SnapStart. They are handed over once, as to Lambda's own
/// runtime.
/// </summary>
internal sealed class SnapshotHooks
{
    private readonly List<Func<ValueTask>> _before = [];
    private readonly List<Func<ValueTask>> _after = [];

    public static SnapshotHooks Take()
    {
        var hooks = new SnapshotHooks();
        if (FindRegistry() is { } registry)
        {
            Hand(registry, "CopyBeforeSnapshotCallbacksToRegistry", hooks._before);
            Hand(registry, "CopyAfterRestoreCallbacksToRegistry", hooks._after);
        }

        return hooks;
    }

    /// <summary>Last in, first out.</summary>
    public void RunBeforeSnapshot()
    {
        for (var i = _before.Count - 1; i >= 0; i--)
        {
            _before[i]().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>First in, first out.</summary>
    public void RunAfterRestore()
    {
        foreach (var hook in _after)
        {
            hook().AsTask().GetAwaiter().GetResult();
        }
    }

    private static Type? FindRegistry()
    {
        foreach (var assembly in AssemblyLoadContext.Default.Assemblies)
        {
            if (assembly.GetName().Name == "Amazon.Lambda.Core")
            {
                return assembly.GetType("Amazon.Lambda.Core.SnapshotRestore");
            }
        }

        return null;
    }

    private static void Hand(Type registry, string method, List<Func<ValueTask>> hooks) =>
        registry.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)?
            .Invoke(null, [(Action<Func<ValueTask>>)hooks.Add]);
}
