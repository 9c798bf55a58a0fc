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

        // Other builds may load the machine; tests about the limit set their own.
        InitTimeout = TimeSpan.FromSeconds(60),
    };

    public static Task<LocalExecutionEnvironment> StartAsync(string handler) => LocalExecutionEnvironment.StartAsync(Options(handler));

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
