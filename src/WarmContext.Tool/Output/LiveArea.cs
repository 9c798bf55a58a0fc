using Spectre.Console;
using Spectre.Console.Rendering;

namespace WarmContext.Tool.Output;

/// <summary>
/// The rows at a terminal's end that are drawn again and again; lines scroll by above them. Spectre's own live display draws over what was
/// there without wiping it out first, so a short line keeps the end of a long row. Used from one thread.
/// </summary>
internal sealed class LiveArea(IAnsiConsole console)
{
    private const string WipeRowAbove = "\u001b[1A\u001b[2K";

    private int _height;

    /// <summary>How many rows there is room for.</summary>
    public int MaxRows => Math.Max(1, console.Profile.Height - 1);

    public void Begin() => console.Cursor.Hide();

    /// <summary>Wipes out what is drawn and shows the cursor again.</summary>
    public void End()
    {
        Wipe();
        console.Cursor.Show();
    }

    /// <summary>Writes lines above, and draws below them.</summary>
    /// <param name="lines">Lines of markup.</param>
    /// <param name="rows">What to draw, from top to bottom.</param>
    public void Draw(IEnumerable<string> lines, params IRenderable[] rows)
    {
        Wipe();
        foreach (var line in lines)
        {
            console.MarkupLine(line);
        }

        var options = RenderOptions.Create(console, console.Profile.Capabilities);
        foreach (var row in rows)
        {
            foreach (var line in Segment.SplitLines(row.Render(options, console.Profile.Width), console.Profile.Width))
            {
                console.Write(new Line(line));
                _height++;
            }
        }
    }

    private void Wipe()
    {
        console.Write(new ControlCode(string.Concat(Enumerable.Repeat(WipeRowAbove, _height))));
        _height = 0;
    }

    /// <summary>A row that is measured already.</summary>
    private sealed class Line(IEnumerable<Segment> segments) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => [.. segments, Segment.LineBreak];
    }
}
