namespace WarmContext.Testing.Http;

/// <summary>A request as it came in, its body read to the end.</summary>
internal sealed class HttpRequest(string method, string path, List<KeyValuePair<string, string>> headers)
{
    public string Method { get; } = method;

    /// <summary>The path, without the query.</summary>
    public string Path { get; } = path;

    /// <summary>Given the body as it comes in, beside <see cref="Body"/>; null when nobody wants it.</summary>
    public Func<ReadOnlyMemory<byte>, ValueTask>? BodyReceived { get; set; }

    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>
    /// The body was longer than the limit. It was read to its end, so that the answer reaches the sender; <see cref="Body"/> has its
    /// beginning.
    /// </summary>
    public bool IsTooLarge { get; set; }

    /// <summary>The sender closed the connection before the body's announced end.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>What came after a chunked body.</summary>
    public List<KeyValuePair<string, string>> Trailers { get; } = [];

    /// <summary>Called once if the sender goes away before it has an answer.</summary>
    public Action? Abandoned { get; set; }

    /// <summary>Whether the sender has closed its connection, which it may have before <see cref="Abandoned"/> is called.</summary>
    public Func<bool> IsSenderGone { get; set; } = static () => false;

    public bool KeepsAlive => !string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    public string? Header(string name) => Find(headers, name);

    public string? Trailer(string name) => Find(Trailers, name);

    private static string? Find(List<KeyValuePair<string, string>> fields, string name)
    {
        foreach (var field in fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }
}
