using System.Globalization;
using WarmContext.Tool.Reporting;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Output;

/// <summary>A run in a few lines.</summary>
internal static class Summary
{
    public static void Write(TextWriter output, RunResult result)
    {
        if (result.Percentile(50) is { } median && result.Percentile(99) is { } slow)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Words.Count(result.Invocations.Count, "invocation", "invocations")}, {result.Failed} failed, "
                    + $"{Words.Count(result.ColdStarts, "cold start", "cold starts")}, p50 {Words.Of(median)}, p99 "
                    + $"{Words.Of(slow)}{(result.WasInterrupted ? ", interrupted" : string.Empty)}"));
        }

        foreach (var restored in result.Invocations.Where(static invocation => invocation.Outcome.RestoreDuration is not null))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"invocation {restored.Number} was restored from the snapshot in {Words.Of(restored.Outcome.RestoreDuration!.Value)}, "
                    + $"after-restore hooks included"));
        }

        foreach (var failed in result.Invocations.Where(static invocation => !invocation.Outcome.IsSuccess))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"invocation {failed.Number} ({failed.Event}) failed: {failed.Outcome.Error!.Type}: {failed.Outcome.Error.Message}"));
        }

        foreach (var limitation in result.Recording.Limitations)
        {
            output.WriteLine("not enforced here: " + limitation);
        }
    }
}
