using System.Globalization;
using System.Text;

namespace WarmContext.Diagnostics;

/// <summary>
/// Makes text of others, such as a file's key or a task's name, harmless in a log: what would begin a new line, move a terminal's cursor or
/// turn the direction of writing is written as its code.
/// </summary>
internal static class LogText
{
    /// <summary>The text, the same object where there is nothing to replace.</summary>
    public static string Escape(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsUnsafe(text[i]))
            {
                return EscapeFrom(text, i);
            }
        }

        return text;
    }

    private static string EscapeFrom(string text, int first)
    {
        var escaped = new StringBuilder(text.Length + 16).Append(text, 0, first);
        foreach (var character in text.AsSpan(first))
        {
            _ = character switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when IsUnsafe(character) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    private static bool IsUnsafe(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
