using System.CommandLine;
using WarmContext.Testing;
using WarmContext.Tool.Errors;
using WarmContext.Tool.Output;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Commands;

/// <summary><c>warmcontext audit</c>: invokes a function and says what it does that the practices forbid.</summary>
internal static class AuditCommand
{
    // Some of what the audit looks for shows only over several invocations.
    private const int StandardRepeat = 5;

    // More severe than anything is.
    private const FindingSeverity Never = FindingSeverity.Error + 1;

    private static readonly Dictionary<string, FindingSeverity> s_severities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["information"] = FindingSeverity.Information,
        ["warning"] = FindingSeverity.Warning,
        ["error"] = FindingSeverity.Error,
        ["never"] = Never,
    };

    public static Command Create()
    {
        var command = new Command(
            "audit",
            "Invokes a function and writes to standard output what it does against the practices, and what mends it. Exit code: 0 nothing "
                + "as severe as --fail-on, 1 an invocation failed, 2 bad input, 3 findings.");
        var function = new FunctionArguments();
        var run = new RunArguments(StandardRepeat);
        var output = new OutputArguments();
        var failOn = Values.Choice(
            "--fail-on", "SEVERITY", s_severities, "warning", "The lowest severity of a finding that makes the exit code 3.");
        var ignore = new Option<string[]>("--ignore")
        {
            Description = $"A kind of finding that is left out: {string.Join(", ", Enum.GetNames<FindingKind>())}.",
            HelpName = "KIND",
        };
        command.Options.Add(failOn);
        command.Options.Add(ignore);
        run.AddTo(command);
        function.AddTo(command);
        output.AddTo(command);
        command.SetAction((result, cancellationToken) =>
            AuditAsync(
                result,
                function,
                run,
                output,
                result.GetResult(failOn) is null ? FindingSeverity.Warning : result.GetValue(failOn),
                result.GetValue(ignore) ?? [],
                cancellationToken));
        return command;
    }

    private static async Task<int> AuditAsync(
        ParseResult result,
        FunctionArguments function,
        RunArguments run,
        OutputArguments output,
        FindingSeverity failOn,
        string[] ignore,
        CancellationToken cancellationToken)
    {
        var options = function.Read(result);
        output.Check(result);
        var ignored = ignore.Select(KindOf).ToHashSet();
        var plan = await run.ReadAsync(result, options, cancellationToken);
        options.Audit = true;
        RunResult ran;
        using (var progress = output.Progress(result, plan.Count))
        {
            ran = await new FunctionRun(options, plan, progress).RunAsync(cancellationToken);
        }

        var findings = ran.Recording.Findings.Where(finding => !ignored.Contains(finding.Kind)).ToList();
        ran = ran with { Recording = new Recording(ran.Recording) { Findings = findings } };
        if (output.IsJson(result))
        {
            RunJson.Write(Console.Out, options, ran, findings);
        }
        else
        {
            FindingsText.Write(Console.Out, ran.Recording);
        }

        await output.WriteAsync(result, ran.Recording);
        if (!output.IsQuiet(result))
        {
            Summary.Write(Console.Error, ran);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return findings.Exists(finding => finding.Severity >= failOn)
            ? ExitCode.Findings
            : ran.Failed > 0 ? ExitCode.FunctionFailed : ExitCode.Success;
    }

    private static FindingKind KindOf(string name) =>
        Enum.TryParse<FindingKind>(name, ignoreCase: true, out var kind) && Enum.IsDefined(kind)
        ? kind
        : throw new ToolException($"--ignore is '{name}'; it must be one of {string.Join(", ", Enum.GetNames<FindingKind>())}.");
}
