namespace WarmContext;

/// <summary>One item of a <see cref="WarmUpReport"/>.</summary>
/// <param name="Name">The name it was added under.</param>
/// <param name="Outcome">How far it has come.</param>
/// <param name="Duration">How long it took, or has run so far.</param>
/// <param name="Exception">What it threw, if anything. A priming call that threw has done its work all the same.</param>
public sealed record WarmUpItemResult(string Name, WarmUpOutcome Outcome, TimeSpan Duration, Exception? Exception);
