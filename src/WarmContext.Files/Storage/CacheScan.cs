namespace WarmContext.Files.Storage;

/// <summary>What is in a cache directory.</summary>
internal static class CacheScan
{
    /// <summary>The files that take space: whole ones and partial ones. Those that vanish meanwhile are left out.</summary>
    public static List<File> Files(CacheDirectory directory)
    {
        var files = new List<File>();
        foreach (var name in Names(directory, "*"))
        {
            var isPartial = name.StartsWith(EntryNames.PartialPrefix, StringComparison.Ordinal);
            if ((isPartial || EntryNames.IsData(name)) && FileFacts.Of(directory.PathOf(name)) is { } facts)
            {
                files.Add(new File(name, isPartial, facts.Length, facts.LastWriteUtc));
            }
        }

        return files;
    }

    public static List<string> Names(CacheDirectory directory, string pattern)
    {
        try
        {
            return System.IO.Directory.GetFiles(directory.Path, pattern).Select(static path => Path.GetFileName(path)).ToList();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    internal readonly record struct File(string Name, bool IsPartial, long Length, DateTime LastWriteUtc);
}
