using System.Text;

namespace WarmContext.Tool.Output;

/// <summary>Hands over whole lines.</summary>
internal sealed class LineWriter(Action<string> write) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => write(value ?? string.Empty);
}
