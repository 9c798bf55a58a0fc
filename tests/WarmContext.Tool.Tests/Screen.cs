using System.Globalization;

namespace WarmContext.Tool;

/// <summary>What a terminal of 80 columns shows after what it was sent: the sequences alone that the tool's progress uses.</summary>
internal sealed class Screen
{
    private const int Width = 80;

    private readonly List<char[]> _rows = [];
    private int _row;
    private int _column;

    private Screen()
    {
    }

    /// <summary>The rows, without the spaces at their ends.</summary>
    public static IReadOnlyList<string> Of(string sent)
    {
        var screen = new Screen();
        for (var at = 0; at < sent.Length;)
        {
            at = sent[at] == '\u001b' ? screen.Control(sent, at + 1) : screen.Show(sent, at);
        }

        return [.. screen._rows.Select(static row => new string(row).TrimEnd())];
    }

    private char[] Row()
    {
        while (_rows.Count <= _row)
        {
            _rows.Add(new string(' ', Width).ToCharArray());
        }

        return _rows[_row];
    }

    private int Show(string sent, int at)
    {
        switch (sent[at])
        {
            case '\r': _column = 0; break;
            case '\n': _row++; break;
            default:
                if (_column == Width)
                {
                    (_row, _column) = (_row + 1, 0);
                }

                Row()[_column++] = sent[at];
                break;
        }

        return at + 1;
    }

    private int Control(string sent, int at)
    {
        if (sent[at] != '[')
        {
            return at + 1;
        }

        var end = at + 1;
        while (!char.IsAsciiLetter(sent[end]))
        {
            end++;
        }

        var count = int.TryParse(sent.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 1;
        switch (sent[end])
        {
            case 'A': _row = Math.Max(0, _row - count); break;
            case 'K': Array.Fill(Row(), ' '); break;
            case 'm' or 'h' or 'l': break;
            default: throw new NotSupportedException($"The terminal was sent ESC [ {sent[(at + 1)..(end + 1)]}, which this doesn't know.");
        }

        return end + 1;
    }
}
