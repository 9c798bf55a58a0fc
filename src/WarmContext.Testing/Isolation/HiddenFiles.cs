using System.Buffers;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Isolation;

/// <summary>
/// Files that a function's configuration names and that it won't find: they are in this machine's /tmp, and it has its own. On Lambda they
/// wouldn't be there either, but what then fails, such as a connection that wants its root certificate, seldom says which file is missing.
/// </summary>
internal static class HiddenFiles
{
    private const string Tmp = "/tmp/";

    // What ends a path in a connection string, a list of paths, an option or JSON.
    private static readonly SearchValues<char> s_ends = SearchValues.Create("\0\t\r\n \"'`;,:|&?#<>()[]{}=");

    /// <summary>Finds them.</summary>
    /// <param name="variables">The function's own environment variables.</param>
    /// <param name="tmp">What will be its /tmp.</param>
    /// <returns>A sentence for every variable and path.</returns>
    public static IReadOnlyList<string> In(IEnumerable<KeyValuePair<string, string>> variables, PrivateTmp tmp) =>
    [
        .. from variable in variables
           from path in PathsIn(variable.Value).Distinct(StringComparer.Ordinal)
           where HasContent(path) && !tmp.Has(path)
           select $"The environment variable {variable.Key} names {path}, which the function won't find: it has a /tmp of its own, " +
               "as on Lambda. Keep what it is to read somewhere else, such as /var/tmp or its own directory, or give it this machine's " +
               $"/tmp: --machine-tmp for the tool, {nameof(LocalFunctionOptions)}.{nameof(LocalFunctionOptions.ResourceLimits)} " +
               $"without {nameof(ResourceLimits.EphemeralStorage)} for a test.",
    ];

    /// <summary>Every path below /tmp that a value holds, alone or among other things.</summary>
    internal static IEnumerable<string> PathsIn(string value)
    {
        for (var start = value.IndexOf(Tmp, StringComparison.Ordinal);
            start >= 0;
            start = value.IndexOf(Tmp, start + 1, StringComparison.Ordinal))
        {
            // Not /var/tmp/ and the like; but file:///tmp/.
            if (start > 0 && !s_ends.Contains(value[start - 1]) && !value.AsSpan(0, start).EndsWith("://"))
            {
                continue;
            }

            var length = value.AsSpan(start).IndexOfAny(s_ends);
            var path = Path.TrimEndingDirectorySeparator(length < 0 ? value[start..] : value.Substring(start, length));
            if (path.Length > Tmp.Length)
            {
                yield return path;
            }
        }
    }

    /// <summary>An empty directory is as good as one that the function makes itself.</summary>
    private static bool HasContent(string path)
    {
        try
        {
            return File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
