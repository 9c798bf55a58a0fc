using System.Diagnostics;
using System.Reflection;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing;

/// <summary>The test functions, and shorthands to run them.</summary>
internal static class TestFunction
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static string DirectoryOf(string assembly) => typeof(TestFunction).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Function:" + assembly).Value!;

    /// <summary>Options for a handler of TestFunctions, named Type::Method or as a whole.</summary>
    public static LocalFunctionOptions Options(string handler) => new()
    {
        Handler = handler.Split("::").Length == 2 ? "TestFunctions::TestFunctions." + handler : handler,
        AssemblyDirectory = DirectoryOf("TestFunctions"),

        // Other work may load the machine; tests about the limits set their own.
        InitTimeout = TimeSpan.FromSeconds(60),
        Timeout = TimeSpan.FromMinutes(2),
    };

    public static Task<LocalExecutionEnvironment> StartAsync(string handler) => LocalExecutionEnvironment.StartAsync(Options(handler));

    /// <summary>
    /// Copies files to another directory, which is deleted with what is returned, that everybody may read, and whose path has spaces.
    /// </summary>
    public static DirectoryCopy CopyTo(string parent, params string[] directories)
    {
        var copy = new DirectoryCopy(Path.Combine(parent, "warmcontext test " + Guid.NewGuid().ToString("N")));
        foreach (var file in directories.SelectMany(static directory => Directory.GetFiles(directory)))
        {
            File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)), overwrite: true);
        }

        return copy;
    }

    /// <summary>Whether this machine lets processes be frozen so.</summary>
    public static bool Permits(FreezeMechanism mechanism)
    {
        if (mechanism is FreezeMechanism.Best or FreezeMechanism.Signals)
        {
            return true;
        }

        var group = Isolation.Cgroup.TryCreate(
            Isolation.CgroupLocation.Own, "warmcontext-probe-" + Guid.NewGuid().ToString("N"), mechanism, ResourceLimits.None);
        group?.TryRemove();
        return group?.HasFreezer == true;
    }

    /// <summary>
    /// A timeout for a test that waits until it is over: so long that what is to come before surely does, also on a machine that is slow
    /// just now, and no longer.
    /// </summary>
    public static async Task<TimeSpan> AmpleTimeoutAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        using var function = new ScriptFunction("""next; curl -sS -o /dev/null -d "$event" "$runtime/invocation/$id/response"; next""");
        await using var lambda = await function.StartAsync();
        (await lambda.InvokeAsync()).EnsureSuccess();
        var once = Stopwatch.GetElapsedTime(begun);
        return TimeSpan.FromSeconds(Math.Clamp(once.TotalSeconds * 10, 3, 100));
    }

    /// <summary>Waits for something that nothing signals.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!await holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Waits until a process has ended. One that nobody has reaped yet counts as ended.</summary>
    public static Task UntilGoneAsync(int process) => UntilAsync(() => Task.FromResult(ProcessTable.HasEnded(process)));
}
