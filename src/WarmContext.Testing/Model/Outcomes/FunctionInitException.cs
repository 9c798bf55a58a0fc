using WarmContext.Testing.Model.Outcomes;

namespace WarmContext.Testing;

/// <summary>
/// A function's Init failed. The message has the error, the last lines that the function wrote, and which files named in its configuration
/// it couldn't see.
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
