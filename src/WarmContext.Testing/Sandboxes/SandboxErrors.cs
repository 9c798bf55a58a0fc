namespace WarmContext.Testing.Sandboxes;

/// <summary>What the environment itself finds to have gone wrong, in Lambda's words.</summary>
internal static class SandboxErrors
{
    /// <summary>A limit was over.</summary>
    /// <param name="what">Of what: Init, Task or Restore.</param>
    /// <param name="limit">The limit.</param>
    public static FunctionError TimedOut(string what, TimeSpan limit) => new()
    {
        Kind = FunctionErrorKind.TimedOut,
        Type = "Sandbox.Timedout",
        Message = FormattableString.Invariant($"{what} timed out after {limit.TotalSeconds:0.00} seconds"),
    };

    /// <summary>A process ended.</summary>
    public static FunctionError Exited(string message, string type = "Runtime.ExitError") =>
        new() { Kind = FunctionErrorKind.ProcessExited, Type = type, Message = message };
}
