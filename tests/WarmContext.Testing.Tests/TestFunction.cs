using System.Reflection;

namespace WarmContext.Testing;

/// <summary>The test functions, and shorthands to run them.</summary>
internal static class TestFunction
{
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
}
