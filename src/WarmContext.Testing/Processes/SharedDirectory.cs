namespace WarmContext.Testing.Processes;

/// <summary>A directory of this machine's /tmp that a function finds in its own.</summary>
internal sealed class SharedDirectory(string path, bool isReadOnly)
{
    /// <summary>Its path, here and there.</summary>
    public string Path { get; } = path;

    /// <summary>
    /// True when the function can't change it: code on Lambda can't be changed either, and a function that clears its /tmp must not clear a
    /// checkout.
    /// </summary>
    public bool IsReadOnly { get; } = isReadOnly;
}
