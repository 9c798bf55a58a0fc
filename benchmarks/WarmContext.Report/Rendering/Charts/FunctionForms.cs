using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering.Charts;

/// <summary>The forms of the whole function, for the charts about it: at one vCPU, frozen between invocations.</summary>
internal static class FunctionForms
{
    public static IReadOnlyList<(string Id, string Label, int Colour, bool IsAot)> All { get; } =
    [
        ("naive-jit-1769", "naive, JIT", 0, false),
        ("warm-jit-1769", "warm, JIT", 1, false),
        ("naive-aot-1769", "naive, Native AOT", 0, true),
        ("warm-aot-1769", "warm, Native AOT", 1, true),
    ];

    public static Row? Of(ResultSet results, string question, string form) =>
        results.Find(question)?.Find(form) is { Spread: not null } row ? row : null;
}
