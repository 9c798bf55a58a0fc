using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace OrderDemo;

/// <summary>Shows what the demo is doing: one line for each step, with the time; a spinner besides where a person is watching.</summary>
public sealed class DemoProgress(IAnsiConsole console, StatusContext? status) : IProgress<string>
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Report(string value)
    {
        string elapsed = _watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{elapsed,5} s[/]  {value}");
        status?.Status(Markup.Escape(value));
    }
}
