using System.Globalization;
using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Running;

/// <summary>Something to go wrong at an invocation, counted from 1.</summary>
internal sealed record Fault(FaultKind Kind, int Invocation)
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public static readonly IReadOnlyDictionary<string, FaultKind> Names =
        new Dictionary<string, FaultKind>(StringComparer.OrdinalIgnoreCase)
    {
        ["reset"] = FaultKind.Reset,
        ["kill"] = FaultKind.Kill,
        ["timeout"] = FaultKind.Timeout,
        ["init-crash"] = FaultKind.InitCrash,
        ["replace"] = FaultKind.Replace,
    };

    /// <summary>Reads kind@invocation, like kill@3.</summary>
    public static Fault Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0
            && Names.TryGetValue(text[..at], out var kind)
            && int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var invocation)
            && invocation > 0
            ? new Fault(kind, invocation)
            : throw new ToolException(
                $"--fault is '{text}'; it must be one of {string.Join(", ", Names.Keys)}, an @ and the number of an invocation from 1, "
                    + "like kill@3.");
    }
}
