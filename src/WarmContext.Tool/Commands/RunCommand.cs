using System.CommandLine;
using WarmContext.Tool.Errors;
using WarmContext.Tool.Output;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Commands;

/// <summary><c>warmcontext run</c>: invokes a function and writes its answers.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command(
            "run", "Invokes a function and writes its answers to standard output. Exit code: 0 all succeeded, 1 one failed, 2 bad input.");
        var function = new FunctionArguments();
        var run = new RunArguments(repeat: 1);
        var output = new OutputArguments();
        run.AddTo(command);
        function.AddTo(command);
        output.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(result, function, run, output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult result, FunctionArguments function, RunArguments run, OutputArguments output, CancellationToken cancellationToken)
    {
        var options = function.Read(result);
        output.Check(result);
        var plan = await run.ReadAsync(result, options, cancellationToken);
        RunResult ran;
        using (var progress = output.Progress(result, plan.Count))
        {
            var answers = output.IsJson(result) ? null : new AnswerWriter(progress.Output);
            ran = await new FunctionRun(options, plan, new RunObservers(progress, answers)).RunAsync(cancellationToken);
        }

        if (output.IsJson(result))
        {
            RunJson.Write(Console.Out, options, ran, findings: null);
        }

        await output.WriteAsync(result, ran.Recording);
        if (!output.IsQuiet(result))
        {
            Summary.Write(Console.Error, ran);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return ran.Failed > 0 ? ExitCode.FunctionFailed : ExitCode.Success;
    }
}
