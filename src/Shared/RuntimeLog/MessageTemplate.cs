using System.Globalization;
using System.Text;

namespace WarmContext.Shared.RuntimeLog;

/// <summary>
/// A message with holes for its arguments, like <c>got {count} of {0}</c>, filled as Lambda's runtime fills it. Doubled braces stay
/// doubled, and a hole without an argument stays as it is.
/// </summary>
internal sealed class MessageTemplate
{
    private readonly List<object> _parts = [];
    private readonly List<MessageHole> _holes = [];
    private readonly bool _isPositional;

    public MessageTemplate(string text)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var end = text[i] == '{' ? EndOfHole(text, i) : -1;
            if (end > 0)
            {
                _parts.Add(literal.ToString());
                literal.Clear();
                var hole = new MessageHole(text[i..(end + 1)]);
                _parts.Add(hole);
                _holes.Add(hole);
                i = end;
            }
            else
            {
                literal.Append(text[i]);
                if (text[i] == '{' && i + 1 < text.Length && text[i + 1] == '{')
                {
                    literal.Append(text[++i]);
                }
            }
        }

        _parts.Add(literal.ToString());
        _isPositional = IsPositional();
    }

    /// <summary>The message with its holes filled.</summary>
    public string Fill(object?[] arguments)
    {
        var message = new StringBuilder();
        var number = 0;
        foreach (var part in _parts)
        {
            message.Append(part is MessageHole hole
                ? TryFind(hole, number++, arguments, out var argument) ? hole.Format(argument) : hole.Token
                : (string)part);
        }

        return message.ToString();
    }

    /// <summary>The holes that have an argument other than null, as the fields of a structured entry.</summary>
    public IEnumerable<(MessageHole Hole, object Value)> Fields(object?[] arguments)
    {
        for (var number = 0; number < _holes.Count; number++)
        {
            if (TryFind(_holes[number], number, arguments, out var argument) && argument is not null)
            {
                yield return (_holes[number], argument);
            }
        }
    }

    private static int EndOfHole(string text, int start)
    {
        if (start + 1 >= text.Length || text[start + 1] is '{' or '}')
        {
            return -1;
        }

        return text.IndexOf('}', start);
    }

    private bool TryFind(MessageHole hole, int number, object?[] arguments, out object? argument)
    {
        var index = _isPositional ? int.Parse(hole.Name, CultureInfo.InvariantCulture) : number;
        argument = index < arguments.Length ? arguments[index] : null;
        return index < arguments.Length;
    }

    // Every name is a number, and together they are 0 to the largest.
    private bool IsPositional()
    {
        var positions = new HashSet<int>();
        foreach (var hole in _holes)
        {
            if (!int.TryParse(hole.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                return false;
            }

            positions.Add(position);
        }

        return positions.Count > 0 && positions.Max() == positions.Count - 1;
    }
}
