using WarmContext.Report.Model;

namespace WarmContext.Report.Statistics;

/// <summary>Compares each way with the baseline of its group and round trip.</summary>
public static class Rows
{
    public static IReadOnlyList<Row> Of(IReadOnlyList<Measured> measured, bool paired)
    {
        ArgumentNullException.ThrowIfNull(measured);
        return [.. measured.Select(row => Of(row, measured.FirstOrDefault(other => IsBaseline(other, row)), paired))];
    }

    private static bool IsBaseline(Measured other, Measured row) =>
        other.Role == RowRole.Baseline
            && other.RoundTripMilliseconds.Equals(row.RoundTripMilliseconds)
            && other.Group == row.Group;

    private static Row Of(Measured measured, Measured? baseline, bool paired)
    {
        var samples = Samples.Thin(measured.Samples);
        var comparable = baseline is not null && baseline != measured && samples.Count > 0 && baseline.Samples.Count > 0;
        var to = comparable ? Samples.Thin(baseline!.Samples) : [];
        return new Row
        {
            Id = measured.Id,
            Label = measured.Label,
            Role = measured.Role,
            RoundTripMilliseconds = measured.RoundTripMilliseconds,
            Group = measured.Group,
            Spread = Samples.Spread(measured.Samples),
            Ratio = comparable ? Bootstrap.Ratio(samples, to, paired) : null,
            Saved = comparable ? Bootstrap.Difference(to, samples, paired) : null,
            AllocatedBytes = measured.AllocatedBytes,
            Attempts = measured.Samples.Count + measured.Failed + measured.Succeeded,
            Failed = measured.Failed,
            FailedAfter = measured.FailedAfter.Count > 0 ? Samples.Digits(Samples.Median(measured.FailedAfter)) : null,
            Error = measured.Error,
            Samples = [.. samples.Select(Samples.Digits)],
        };
    }
}
