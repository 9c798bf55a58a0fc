namespace WarmContext.Testing;

/// <summary>Why an invocation or Init failed.</summary>
public sealed class FunctionError
{
    /// <summary>Who found the failure.</summary>
    public required FunctionErrorKind Kind { get; init; }

    /// <summary>
    /// The error's type. For an error that the function reported it is the exception's, else one of Lambda's, like
    /// <c>Runtime.ExitError</c>.
    /// </summary>
    public required string Type { get; init; }

    /// <summary>What happened.</summary>
    public required string Message { get; init; }

    /// <summary>The stack trace that the function reported, a line each; empty when there is none.</summary>
    public IReadOnlyList<string> StackTrace { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() =>
        StackTrace.Count == 0
            ? $"{Type}: {Message}"
            : $"{Type}: {Message}{System.Environment.NewLine}{string.Join(System.Environment.NewLine, StackTrace)}";
}
