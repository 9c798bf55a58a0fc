using WarmContext.Report.Model;

namespace WarmContext.Report.Catalog;

/// <summary>A speed goal, and how it is read off the results.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Practice">Whose goal it is.</param>
/// <param name="Text">The goal in words.</param>
/// <param name="Question">The question that answers it.</param>
/// <param name="Bound">The most, or the least, that is allowed.</param>
/// <param name="Unit">What the bound counts.</param>
/// <param name="Measure">Reads the figure; null when the run hasn't measured it.</param>
public sealed record GoalDefinition(
    string Id, string Practice, string Text, string Question, double Bound, Unit Unit, Func<Question, Estimate?> Measure)
{
    public bool IsUpperBound { get; init; } = true;

    public Goal Judge(IReadOnlyList<Question> questions) => new()
    {
        Id = Id,
        Practice = Practice,
        Text = Text,
        Question = Question,
        Bound = Bound,
        IsUpperBound = IsUpperBound,
        Unit = Unit,
        Measured = questions.FirstOrDefault(q => q.Id == Question) is { } question ? Measure(question) : null,
    };
}
