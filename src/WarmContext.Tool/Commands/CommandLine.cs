using System.CommandLine;
using System.ComponentModel;
using WarmContext.Testing;
using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Commands;

/// <summary>Runs a command line: turns what goes wrong into a message and an exit code.</summary>
internal static class CommandLine
{
    // Ctrl+C ends the environments; a function that has extensions is allowed 2 s for its shutdown.
    private static readonly TimeSpan s_endingTime = TimeSpan.FromSeconds(15);

    public static async Task<int> InvokeAsync(Command root, string[] args)
    {
        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            var isWithoutCommand = result.CommandResult.Command == root;
            foreach (var error in isWithoutCommand
                ? [WithoutCommand(root, args)]
                : result.Errors.Select(static error => error.Message).Distinct())
            {
                await WriteErrorAsync(error);
            }

            await Console.Error.WriteLineAsync($"'{Path(result.CommandResult.Command)} --help' lists what there is.");
            return ExitCode.BadInput;
        }

        try
        {
            return await result.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = s_endingTime });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("warmcontext: interrupted; everything that was started has been ended");
            return ExitCode.Interrupted;
        }
        catch (FunctionInitException exception)
        {
            await WriteErrorAsync(exception.Message);
            return ExitCode.FunctionFailed;
        }
        catch (Exception exception) when (exception is ToolException
            or ArgumentException
            or PlatformNotSupportedException
            or IOException
            or UnauthorizedAccessException
            or TimeoutException
            or Win32Exception)
        {
            await WriteErrorAsync(exception.Message);
            return ExitCode.BadInput;
        }
        catch (Exception exception)
        {
            // Everything expected is above. This one belongs into a bug report, with its stack.
            await WriteErrorAsync("unexpected: " + exception);
            return ExitCode.Unexpected;
        }
    }

    private static string WithoutCommand(Command root, string[] args)
    {
        var commands = string.Join(", ", root.Subcommands.Select(static command => command.Name));
        return args.Length == 0
            ? $"no command is given; it must be one of {commands}."
            : $"'{args[0]}' is no command; it must be one of {commands}.";
    }

    private static Task WriteErrorAsync(string message) => Console.Error.WriteLineAsync("warmcontext: error: " + message);

    private static string Path(Command command) => command.Parents.Any() ? "warmcontext " + command.Name : "warmcontext";
}
