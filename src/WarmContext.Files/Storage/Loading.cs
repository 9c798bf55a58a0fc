namespace WarmContext.Files.Storage;

/// <summary>
/// One load of a parsed object, and the loads that its parser makes inside it. A parser that waits for its own object would wait for good;
/// so would two that wait for each other's.
/// </summary>
internal sealed class Loading
{
    private static readonly AsyncLocal<Loading?> s_current = new();
    private static readonly Lock s_gate = new();

    private readonly object _cache;
    private readonly FileId _id;
    private readonly Type _type;
    private readonly Loading? _outer;
    private ParsedValue? _waitsFor;

    private Loading(object cache, FileId id, Type type, Loading? outer) => (_cache, _id, _type, _outer) = (cache, id, type, outer);

    /// <summary>Begins a load. Called in an async method, so that it ends with it.</summary>
    /// <exception cref="InvalidOperationException">It is the parser of this object that asks for it.</exception>
    public static Loading Begin(object cache, FileId id, Type type)
    {
        for (var outer = s_current.Value; outer is not null; outer = outer._outer)
        {
            if (outer._cache == cache && outer._id == id && outer._type == type)
            {
                throw new InvalidOperationException(
                    $"The parser of {id} asks for the {type.Name} that it is to make itself. Read the file that it is given instead.");
            }
        }

        return s_current.Value = new Loading(cache, id, type, s_current.Value);
    }

    /// <summary>Notes that the load is about to wait for a value that others may be parsing.</summary>
    /// <exception cref="InvalidOperationException">Its parser waits for one of this load's.</exception>
    public void WaitFor(ParsedValue value)
    {
        lock (s_gate)
        {
            for (var awaited = value; awaited?.Parser is { } parser; awaited = parser._waitsFor)
            {
                for (var outer = _outer; outer is not null; outer = outer._outer)
                {
                    if (outer == parser)
                    {
                        throw new InvalidOperationException(
                            $"The parsers of {outer._id} and {_id} wait for each other's object. Let one of them read the other's file " +
                            "instead.");
                    }
                }
            }

            if (_outer is not null)
            {
                _outer._waitsFor = value;
            }
        }
    }

    /// <summary>The load has its value, or has failed.</summary>
    public void End()
    {
        lock (s_gate)
        {
            if (_outer is not null)
            {
                _outer._waitsFor = null;
            }
        }
    }
}
