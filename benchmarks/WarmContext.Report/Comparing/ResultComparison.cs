using System.Globalization;
using WarmContext.Report.Model;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Comparing;

/// <summary>
/// Tells noise from change. A row has changed when the Mann-Whitney test says at the 1 % level, corrected for the number of rows (Holm),
/// that chance doesn't explain the difference, and the 95 % interval of the ratio of medians lies wholly beyond the margin.
/// </summary>
public sealed class ResultComparison
{
    /// <summary>The margin within which a change doesn't count, unless another is given.</summary>
    public const double DefaultMargin = 0.05;

    private const double Level = 0.01;

    private ResultComparison(IReadOnlyList<RowChange> changes, IReadOnlyList<string> warnings) => (Changes, Warnings) = (changes, warnings);

    public IReadOnlyList<RowChange> Changes { get; }

    /// <summary>Why the two should perhaps not be compared.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Whether something has become slower, or fails more often.</summary>
    public bool HasRegressions => Changes.Any(static change => change.Kind is ChangeKind.Slower or ChangeKind.Failing);

    /// <param name="older">The set before the change.</param>
    /// <param name="newer">The one after it.</param>
    /// <param name="margin">How much slower or faster doesn't count, as a share.</param>
    public static ResultComparison Of(ResultSet older, ResultSet newer, double margin = DefaultMargin)
    {
        ArgumentNullException.ThrowIfNull(older);
        ArgumentNullException.ThrowIfNull(newer);
        var keys = Keys(older).Union(Keys(newer)).ToArray();
        var pairs = keys.Select(key => (Key: key, Old: Find(older, key), New: Find(newer, key))).ToArray();
        var probabilities = Holm.Correct(
            [.. pairs.Select(static pair => MannWhitney.Probability(pair.Old?.Samples ?? [], pair.New?.Samples ?? []))]);
        return new ResultComparison(
            [
                .. pairs.Select((pair, i) => Change(
                    (newer.Find(pair.Key.Question) ?? older.Find(pair.Key.Question))!, pair.Old, pair.New, probabilities[i], margin)),
            ],
            Differences(older.Environment, newer.Environment));
    }

    private static RowChange Change(Question question, Row? old, Row? now, double probability, double margin)
    {
        var row = (now ?? old)!;
        var label = row.RoundTripMilliseconds is { } trip
            ? string.Create(CultureInfo.InvariantCulture, $"{row.Label}, {trip} ms away")
            : row.Label;
        var ratio = old?.Samples.Count > 0 && now?.Samples.Count > 0 ? Bootstrap.Ratio(now.Samples, old.Samples, paired: false) : null;
        return new RowChange(
            question.Title, label, Kind(old, now, ratio, probability, margin), old, now, ratio, ratio is null ? null : probability);
    }

    private static ChangeKind Kind(Row? old, Row? now, Estimate? ratio, double probability, double margin)
    {
        if (old is null || now is null)
        {
            return old is null ? ChangeKind.Added : ChangeKind.Removed;
        }

        if ((now.Failed * old.Attempts) > (old.Failed * now.Attempts) && now.Failed > 0)
        {
            return ChangeKind.Failing;
        }

        var within = (Low: 1 / (1 + margin), High: 1 + margin);
        return ratio switch
        {
            null => ChangeKind.Same,
            { } r when r.Low > within.High && probability < Level => ChangeKind.Slower,
            { } r when r.High < within.Low && probability < Level => ChangeKind.Faster,
            { } r when r.Low >= within.Low && r.High <= within.High => ChangeKind.Same,
            { } r when r.Holds(1) => r.High > 1 + (4 * margin) || r.Low < 1 / (1 + (4 * margin)) ? ChangeKind.Unclear : ChangeKind.Same,
            _ => ChangeKind.Unclear,
        };
    }

    private static IEnumerable<(string Question, string Row, double? RoundTrip)> Keys(ResultSet results) =>
        results.Questions.SelectMany(static q => q.Rows.Select(r => (q.Id, r.Id, r.RoundTripMilliseconds)));

    private static Row? Find(ResultSet results, (string Question, string Row, double? RoundTrip) key) =>
        results.Find(key.Question)?.Rows.FirstOrDefault(r => r.Id == key.Row && r.RoundTripMilliseconds.Equals(key.RoundTrip));

    private static List<string> Differences(RunEnvironment older, RunEnvironment newer)
    {
        var warnings = new List<string>();
        Compare("processor", older.Processor, newer.Processor);
        Compare("number of cores", older.Cores.ToString(CultureInfo.InvariantCulture), newer.Cores.ToString(CultureInfo.InvariantCulture));
        Compare("operating system", older.OperatingSystem, newer.OperatingSystem);
        Compare("runtime", older.Runtime, newer.Runtime);
        foreach (var name in older.Versions.Keys.Intersect(newer.Versions.Keys))
        {
            Compare(name, older.Versions[name], newer.Versions[name]);
        }

        if (older.Quick || newer.Quick)
        {
            warnings.Add("A quick run is among them: few samples, so only large changes can be told from noise.");
        }

        return warnings;

        void Compare(string what, string then, string now)
        {
            if (then != now)
            {
                warnings.Add($"The {what} differs: {then} then, {now} now.");
            }
        }
    }
}
