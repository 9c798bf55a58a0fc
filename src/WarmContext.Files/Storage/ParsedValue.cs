using System.Diagnostics.CodeAnalysis;

namespace WarmContext.Files.Storage;

/// <summary>The object parsed from one version of a file, in a list that has one for each type.</summary>
internal abstract class ParsedValue(ParsedValue? next)
{
    public ParsedValue? Next { get; } = next;

    /// <summary>The load that parses it at the moment.</summary>
    public Loading? Parser { get; protected set; }
}

/// <summary>
/// One type's object, or the place where it will be: callers wait for one another to parse it, and not for those of other types.
/// </summary>
[SuppressMessage(
    "Design", "CA1001",
    Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose, and late parsers may still use it.")]
internal sealed class ParsedValue<T>(ParsedValue? next) : ParsedValue(next)
{
    private readonly SemaphoreSlim _parsing = new(1, 1);
    private volatile bool _isParsed;
    private T? _value;

    /// <summary>The object of this type that is there already.</summary>
    public static bool TryFind(ParsedValue? head, [MaybeNullWhen(false)] out T value)
    {
        if (Find(head) is { _isParsed: true } found)
        {
            value = found._value!;
            return true;
        }

        value = default;
        return false;
    }

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

    /// <summary>Gives the object, and parses it if nobody has.</summary>
    public async ValueTask<T> GetAsync(
        Loading loading, Func<CancellationToken, ValueTask<T>> parse, CancellationToken cancellationToken)
    {
        loading.WaitFor(this);
        await _parsing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isParsed)
            {
                Parser = loading;
                _value = await parse(cancellationToken).ConfigureAwait(false);
                _isParsed = true;
            }

            return _value!;
        }
        finally
        {
            Parser = null;
            _parsing.Release();
        }
    }
}
