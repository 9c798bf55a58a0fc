namespace WarmContext.Tool.Output;

/// <summary>Writes the function's lines and nothing that moves: for files and pipes.</summary>
internal sealed class PlainProgress(TextWriter output) : RunProgress
{
    private readonly object _gate = new();

    public override void Wrote(int environment, string line) => Write($"[{environment}] {line}");

    public override void Say(string message) => Write("warmcontext: " + message);

    private void Write(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
        }
    }
}
