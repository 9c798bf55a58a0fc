using System.Globalization;
using System.Text;
using WarmContext.Testing;

namespace WarmContext.Tool.Serving;

/// <summary>An invocation's log as Lambda keeps it, with START, END and REPORT; a caller may ask for its last 4 KiB.</summary>
internal static class LogTail
{
    private const int MaxBytes = 4096;

    public static string Of(InvocationOutcome outcome, LocalFunctionOptions options)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"START RequestId: {outcome.RequestId} Version: $LATEST\n");
        foreach (var line in outcome.Log)
        {
            text.Append(line).Append('\n');
        }

        // Without the memory used, which isn't measured for every invocation.
        text.Append(
            CultureInfo.InvariantCulture,
            $"END RequestId: {outcome.RequestId}\nREPORT RequestId: {outcome.RequestId}\tDuration: "
                + $"{outcome.Duration.TotalMilliseconds:0.00} ms\t");

        // With SnapStart, Init was long before the invocation, and the restore is billed beside it.
        var init = outcome.RestoreDuration is null ? outcome.InitDuration : null;
        text.Append(
            CultureInfo.InvariantCulture,
            $"Billed Duration: {Billed(outcome.Duration + (init ?? TimeSpan.Zero))}\tMemory Size: {options.MemoryMegabytes} MB\t");
        if (outcome.RestoreDuration is { } restore)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"Restore Duration: {restore.TotalMilliseconds:0.00} ms\tBilled Restore Duration: {Billed(restore)}\t");
        }
        else if (init is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Init Duration: {init.Value.TotalMilliseconds:0.00} ms\t");
        }

        return text.Append('\n').ToString();
    }

    private static string Billed(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMilliseconds):0} ms");

    /// <summary>The last 4 KiB, in Base64, as the header has them.</summary>
    public static string Header(string log)
    {
        var bytes = Encoding.UTF8.GetBytes(log);
        return Convert.ToBase64String(bytes.AsSpan(Math.Max(0, bytes.Length - MaxBytes)));
    }
}
