namespace OrderFunction.Contracts;

/// <summary>The body of a refusal.</summary>
public sealed record ErrorMessage(string Error);
