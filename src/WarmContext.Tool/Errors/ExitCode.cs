namespace WarmContext.Tool.Errors;

/// <summary>What the tool's exit codes mean.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The function failed: an invocation did, or its Init.</summary>
    public const int FunctionFailed = 1;

    /// <summary>An argument, a file or the machine: nothing was run, or not to its end.</summary>
    public const int BadInput = 2;

    /// <summary>The audit found something as severe as <c>--fail-on</c>.</summary>
    public const int Findings = 3;

    /// <summary>A fault of the tool itself; what it wrote belongs into a bug report. EX_SOFTWARE of sysexits.h.</summary>
    public const int Unexpected = 70;

    /// <summary>Ended by Ctrl+C or SIGTERM, as a shell has it for SIGINT.</summary>
    public const int Interrupted = 130;
}
