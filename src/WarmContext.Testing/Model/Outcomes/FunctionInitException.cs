using WarmContext.Testing.Model.Outcomes;

namespace WarmContext.Testing;

/// <summary>
/// Thrown when a function's Init fails. The message has the error, the last lines that the function wrote, and the files in its
/// configuration that it couldn't see.
/// </summary>
public sealed class FunctionInitException : Exception
{
    internal FunctionInitException(string handler, FunctionError error, IReadOnlyList<string> log, IReadOnlyList<string> hints)
        : base($"Init of {handler} failed. {error}{LogExcerpt.Of(log)}{LogExcerpt.Hints(hints)}")
    {
        Error = error;
        Log = log;
    }

    /// <summary>Why it failed.</summary>
    public FunctionError Error { get; }

    /// <summary>What the function wrote to standard output and standard error during Init.</summary>
    public IReadOnlyList<string> Log { get; }
}
