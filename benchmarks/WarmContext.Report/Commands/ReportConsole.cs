using Spectre.Console;

namespace WarmContext.Report.Commands;

/// <summary>Where the commands write.</summary>
internal static class ReportConsole
{
    /// <summary>In a file or a pipe: no colours, no spinner, and wide enough for a line.</summary>
    public static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 200;
        return console;
    }
}
