using System.Collections.Concurrent;
using Spectre.Console;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Output;

/// <summary>
/// Shows on standard error how a run goes on: live on a terminal, the function's lines alone where there is none. As long as it lives it
/// takes what the execution environments warn of, which would tear what is drawn.
/// </summary>
internal abstract class RunProgress : RunObserver, IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _warnings = new(StringComparer.Ordinal);

    protected RunProgress() => WarmContextDiagnostics.Log = Warn;

    public static RunProgress Create(int invocations, bool isQuiet)
    {
        if (isQuiet)
        {
            return new QuietProgress();
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return !Console.IsErrorRedirected && console.Profile.Capabilities.Ansi
            ? new LiveProgress(console, invocations)
            : new PlainProgress(Console.Error);
    }

    /// <summary>
    /// Where standard output goes: to the terminal that this draws on, it would tear the picture apart, so it has to go through this.
    /// </summary>
    public TextWriter Output => IsLive && !Console.IsOutputRedirected ? new LineWriter(Show) : Console.Out;

    /// <summary>True when something is drawn and redrawn.</summary>
    protected virtual bool IsLive => false;

    public virtual void Dispose() => WarmContextDiagnostics.Log = WarmContextDiagnostics.WriteToStandardError;

    /// <summary>Writes a line above what is drawn.</summary>
    protected virtual void Show(string line)
    {
    }

    // Once: every environment warns of the same.
    private void Warn(WarmContextLogEntry entry)
    {
        if (entry.Level != WarmContextLogLevel.Information && _warnings.TryAdd(entry.Message, true))
        {
            Say("warning: " + entry.Message);
        }
    }
}
