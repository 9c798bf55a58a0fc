namespace WarmContext.Files;

/// <summary>Turns parsers of streams into parsers of files.</summary>
internal static class FileParser
{
    public static Func<CachedFile, CancellationToken, ValueTask<T>> FromStream<T>(Func<Stream, T> parse)
    {
        if (typeof(Task).IsAssignableFrom(typeof(T)) || typeof(T) == typeof(ValueTask) || (typeof(T).IsGenericType
            && typeof(T).GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            throw new ArgumentException(
                $"The parser returns {typeof(T).Name}, whose stream would be closed before it ends. Pass an async (file, " +
                "cancellationToken) parser instead.",
                nameof(parse));
        }

        return (file, _) =>
        {
            using var stream = file.OpenRead();
            return ValueTask.FromResult(parse(stream));
        };
    }
}
