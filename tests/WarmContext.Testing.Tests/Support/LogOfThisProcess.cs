using System.Runtime.CompilerServices;
using WarmContext.TestSupport;

namespace WarmContext.Testing;

/// <summary>What WarmContext has logged since before the first test: what it says once, it may say in any of them.</summary>
internal static class LogOfThisProcess
{
    private static LogCapture? s_capture;

    public static IReadOnlyList<WarmContextLogEntry> Entries => s_capture!.Entries;

    [ModuleInitializer]
    internal static void Begin() => s_capture = new LogCapture();
}
