using WarmContext.Report.Model;

namespace WarmContext.Report.Catalog;

/// <summary>
/// What a practice saves in an invocation, for the charts and for the table of what it is worth: one row of a question against another.
/// </summary>
/// <param name="Practice">Whose saving it is.</param>
/// <param name="Label">What is compared, in a few words.</param>
/// <param name="Question">Where both are.</param>
/// <param name="From">The usual way.</param>
/// <param name="To">WarmContext's.</param>
/// <param name="RoundTrip">At which round trip; null where none was imitated.</param>
/// <param name="IsBilled">Whether the time saved is time not paid for, and not only the caller's.</param>
public sealed record SavingDefinition(
    string Practice, string Label, string Question, string From, string To, double? RoundTrip, bool IsBilled = true)
{
    public Saving? Of(ResultSet results) => Of(results, RoundTrip);

    public Saving? Of(ResultSet results, double? roundTrip)
    {
        ArgumentNullException.ThrowIfNull(results);
        return results.Find(Question) is { } question
            && question.Find(From, roundTrip) is { Spread: { } from } naive
            && question.Find(To, roundTrip) is { Spread: { } to } warm
            ? new Saving(
                this,
                from,
                to,
                Statistics.Bootstrap.Difference(naive.Samples, warm.Samples, question.Paired),
                Statistics.Bootstrap.Ratio(warm.Samples, naive.Samples, question.Paired))
            : null;
    }
}
