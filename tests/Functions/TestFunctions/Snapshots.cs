using Amazon.Lambda.Core;

namespace TestFunctions;

/// <summary>SnapStart's hooks. FAIL names the one that fails.</summary>
public class Snapshots
{
    private static readonly List<string> s_ran = [];

    public Snapshots()
    {
        SnapshotRestore.RegisterBeforeSnapshot(() => Run("before 1"));
        SnapshotRestore.RegisterBeforeSnapshot(() => Run("before 2"));
        SnapshotRestore.RegisterAfterRestore(() => Run("after 1"));
        SnapshotRestore.RegisterAfterRestore(() => Run("after 2"));
    }

    public string[] Ran() => [.. s_ran, Environment.GetEnvironmentVariable("AWS_LAMBDA_INITIALIZATION_TYPE")!];

    private static ValueTask Run(string name)
    {
        if (Environment.GetEnvironmentVariable("FAIL") == name)
        {
            throw new InvalidOperationException(name + " failed");
        }

        s_ran.Add(name);
        return default;
    }
}
