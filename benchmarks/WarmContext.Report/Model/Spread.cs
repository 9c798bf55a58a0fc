namespace WarmContext.Report.Model;

/// <summary>Where samples lie: their median, and the quartiles between which the middle half of them lies.</summary>
public sealed record Spread(double Median, double Low, double High, int Count);
