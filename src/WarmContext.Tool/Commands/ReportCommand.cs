using System.CommandLine;
using System.Text.Json;
using WarmContext.Testing;
using WarmContext.Tool.Errors;
using WarmContext.Tool.Output;
using WarmContext.Tool.Reporting;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Commands;

/// <summary><c>warmcontext report</c>: makes a page of a recording, or of a run that it makes itself.</summary>
internal static class ReportCommand
{
    private const int StandardRepeat = 5;

    public static Command Create()
    {
        var command = new Command(
            "report",
            "Writes a report of a recording ('run --record FILE', 'audit --record FILE'): one HTML page that needs nothing else. With "
                + "--handler or --executable in the recording's place it runs and audits the function itself.");
        var recording = new Argument<string?>("recording")
        {
            Description = "A file that --record wrote; - for standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var file = new Option<string>("--output", "-o")
        {
            Description = "The file to write.",
            HelpName = "FILE",
            DefaultValueFactory = static _ => "warmcontext-report.html",
        };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Write nothing to standard error but errors." };
        var function = new FunctionArguments();
        var run = new RunArguments(StandardRepeat);
        command.Arguments.Add(recording);
        command.Options.Add(file);
        command.Options.Add(quiet);
        run.AddTo(command);
        function.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var path = result.GetValue(file)!;
            OutputFile.Check("--output", path);
            var recorded = (result.GetValue(recording), function.IsGiven(result)) switch
            {
                ({ } from, false) => await ReadAsync(from, cancellationToken),
                (null, true) => await RunAsync(result, function, run, result.GetValue(quiet), cancellationToken),
                (null, false) =>
                    throw new ToolException(
                        "nothing to report: give a file that --record wrote, or --handler or --executable to run a function now."),
                _ => throw new ToolException("both a recording and a function are given; give one of them."),
            };
            await OutputFile.WriteAsync(path, ReportPage.Write(recorded));
            await Console.Out.WriteLineAsync(Path.GetFullPath(path));
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<Recording> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (path != "-" && !File.Exists(path))
        {
            throw new ToolException(
                $"the recording is '{path}', and there is no file {Path.GetFullPath(path)}; 'warmcontext run --record FILE' writes one.");
        }

        var json = path == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
        try
        {
            return Recording.FromJson(json);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new ToolException($"'{path}' isn't a recording, such as 'warmcontext run --record FILE' writes: {exception.Message}");
        }
    }

    private static async Task<Recording> RunAsync(
        ParseResult result, FunctionArguments function, RunArguments run, bool isQuiet, CancellationToken cancellationToken)
    {
        var options = function.Read(result);
        var plan = await run.ReadAsync(result, options, cancellationToken);
        options.Audit = true;
        RunResult ran;
        using (var progress = RunProgress.Create(plan.Count, isQuiet))
        {
            ran = await new FunctionRun(options, plan, progress).RunAsync(cancellationToken);
        }

        if (!isQuiet)
        {
            Summary.Write(Console.Error, ran);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return ran.Recording;
    }
}
