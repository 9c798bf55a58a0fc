namespace WarmContext.Lambda.AfterResponse;

/// <summary>The answer to a <see cref="LocalHttpCall"/>.</summary>
internal sealed class LocalHttpResponse(int status, string[] headers, ReadOnlyMemory<byte> body)
{
    public int Status => status;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>A header's value; null when there is none of that name, in any case.</summary>
    public string? Header(string name)
    {
        foreach (var header in headers)
        {
            if (header.Length > name.Length && header[name.Length] == ':' && header.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return header[(name.Length + 1)..].Trim();
            }
        }

        return null;
    }
}
