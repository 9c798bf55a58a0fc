using System.CommandLine;

namespace WarmContext.Report.Commands;

/// <summary>The program's commands.</summary>
internal static class ReportCommand
{
    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var command = new RootCommand(
            "Runs every benchmark of WarmContext and writes the report: what each practice saves, where it saves nothing, "
                + "and what it costs.")
        {
            CompareCommand.Create(), RenderCommand.Create(), ReadmeCommand.Create(),
        };
        RunCommand.AddTo(command);
        try
        {
            // After Ctrl+C, time to stop the servers and the functions.
            return await command.Parse(arguments).InvokeAsync(new InvocationConfiguration
            {
                ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (Exception e) when (e is ReportException or LocalServices.LocalServiceException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 130;
        }
    }
}
