namespace WarmContext;

/// <summary>An object parsed from one version of a file: a link of the entry's list, one for each type.</summary>
internal abstract class ParsedValue(ParsedValue? next)
{
    public ParsedValue? Next { get; } = next;
}

/// <inheritdoc/>
internal sealed class ParsedValue<T>(T value, ParsedValue? next) : ParsedValue(next)
{
    public T Value { get; } = value;

    public static ParsedValue<T>? Find(ParsedValue? head)
    {
        for (var link = head; link is not null; link = link.Next)
        {
            if (link is ParsedValue<T> found)
            {
                return found;
            }
        }

        return null;
    }
}
