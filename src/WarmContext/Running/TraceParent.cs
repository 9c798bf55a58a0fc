using System.Diagnostics;

namespace WarmContext.Running;

/// <summary>Reads the trace that an invocation belongs to.</summary>
internal static class TraceParent
{
    /// <summary>
    /// The span to continue. None where the trace isn't sampled: Lambda sends such a header to every function without active tracing, and
    /// a sampler that follows its parent would drop each of its spans.
    /// </summary>
    public static ActivityContext Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return default;
        }

        var context = text.Contains('=', StringComparison.Ordinal) ? ReadXRay(text)
            : ActivityContext.TryParse(text, null, isRemote: true, out var w3C) ? w3C : default;
        return (context.TraceFlags & ActivityTraceFlags.Recorded) != 0 ? context : default;
    }

    // Root=1-8 digits-24 digits;Parent=16 digits;Sampled=0 or 1, in any order, and perhaps more:
    // https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader (read 2026-11-30).
    private static ActivityContext ReadXRay(string header)
    {
        string? root = null, parent = null;
        var isSampled = false;
        foreach (var field in header.Split(';', StringSplitOptions.TrimEntries))
        {
            if (field.StartsWith("Root=1-", StringComparison.OrdinalIgnoreCase))
            {
                root = field["Root=1-".Length..].Replace("-", string.Empty, StringComparison.Ordinal);
            }
            else if (field.StartsWith("Parent=", StringComparison.OrdinalIgnoreCase))
            {
                parent = field["Parent=".Length..];
            }
            else if (field.Equals("Sampled=1", StringComparison.OrdinalIgnoreCase))
            {
                isSampled = true;
            }
        }

        var flags = isSampled ? "01" : "00";
        return ActivityContext.TryParse($"00-{root}-{parent}-{flags}".ToLowerInvariant(), null, isRemote: true, out var context)
            ? context : default;
    }
}
