using System.CommandLine;
using System.Globalization;
using OrderDemo;
using Spectre.Console;
using WarmContext.LocalServices;

var defaults = new DemoOptions();
Option<int> invocations = new("--invocations")
{
    Description = "Ordinary warm invocations of each form, 3 to 3000.",
    DefaultValueFactory = _ => defaults.Invocations,
};
Option<double> s3Latency = new("--s3-latency")
{
    Description = "Milliseconds that S3 takes to begin an answer, 0 to 1000. AWS speaks of 100 to 200 for small objects; "
        + "the default is kinder to the naive form.",
    DefaultValueFactory = _ => defaults.S3Latency.TotalMilliseconds,
};
Option<FileInfo?> markdown = new("--markdown") { Description = "Also write the table to this file, as Markdown." };
Option<DirectoryInfo?> executable = new("--warm-executable")
{
    Description = "Run the warm form as the executable 'bootstrap' in this directory, as published from samples/OrderFunction.NativeAot.",
};
Option<int> first = new("--first-invocations")
{
    Description = "Instead: measure what the warm form's warm-up takes off the first invocation, "
        + "over so many pairs of environments, 1 to 100.",
};
first.Validators.Add(result => Check(result.GetValue(first) is >= 1 and <= 100, "--first-invocations must be 1 to 100", result.AddError));
executable.Validators.Add(result => Check(
    result.GetValue(executable) is not { } directory || File.Exists(Path.Combine(directory.FullName, "bootstrap")),
    "--warm-executable must be a directory with a file 'bootstrap'",
    result.AddError));
invocations.Validators.Add(result =>
    Check(result.GetValue(invocations) is >= 3 and <= 3000, "--invocations must be 3 to 3000", result.AddError));
s3Latency.Validators.Add(result =>
    Check(result.GetValue(s3Latency) is >= 0 and <= 1000, "--s3-latency must be 0 to 1000 (milliseconds)", result.AddError));

var command = new RootCommand(
    "Runs an order function in two forms, naive and warm, through cold starts, freezes, a database restart and a changed file, "
        + "and prints what the warm form saved.")
{
    invocations, s3Latency, markdown, executable, first,
};

// In a file or a pipe: no colours, no spinner, and wide enough for the table.
IAnsiConsole console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
{
    console = AnsiConsole.Create(
        new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
    console.Profile.Width = 140;
}

command.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        var options = new DemoOptions
        {
            Invocations = arguments.GetValue(invocations),
            S3Latency = TimeSpan.FromMilliseconds(arguments.GetValue(s3Latency)),
            WarmForm = arguments.GetValue(executable) is { } directory ? FunctionForm.WarmExecutable(directory) : FunctionForm.Warm,
        };
        if (arguments.GetValue(first) is var environments and > 0)
        {
            return await FirstInvocations.RunAsync(console, options.WarmForm, environments, options.S3Latency, cancellationToken);
        }

        return await new Demo(console, options).RunAsync(arguments.GetValue(markdown), cancellationToken);
    }
    catch (LocalServiceException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync("Stopped.");
        return 130;
    }
});

// After Ctrl+C, time to stop the servers and the functions.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });

static void Check(bool valid, string message, Action<string> addError)
{
    if (!valid)
    {
        addError(string.Create(CultureInfo.InvariantCulture, $"{message}."));
    }
}
