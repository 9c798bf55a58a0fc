namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>An answer of the Runtime API.</summary>
internal sealed class RuntimeApiAnswer(int status, List<KeyValuePair<string, string>> headers, byte[] body)
{
    public int Status { get; } = status;

    public byte[] Body { get; } = body;

    public string? Header(string name)
    {
        foreach (var header in headers)
        {
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }
}
