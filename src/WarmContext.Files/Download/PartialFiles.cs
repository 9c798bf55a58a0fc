using WarmContext.Files.Storage;

namespace WarmContext.Files.Download;

/// <summary>Finds what an earlier download of a file left.</summary>
internal static class PartialFiles
{
    /// <summary>Takes over the partial file of this version that has most of it; those of other versions are removed.</summary>
    /// <param name="directory">Where to look.</param>
    /// <param name="scheme">The kind of source.</param>
    /// <param name="id">The file.</param>
    /// <param name="entityTag">The version wanted; null takes any, to be asked for under its own tag.</param>
    public static PartialFile? TakeOver(CacheDirectory directory, string scheme, FileId id, string? entityTag)
    {
        // Without locks it may be one that a live process writes to.
        if (!directory.HasLocks)
        {
            return null;
        }

        PartialFile? best = null;
        foreach (var path in Find(directory, EntryNames.Hash(scheme, id)))
        {
            var found = PartialFile.TryOpen(directory, Path.GetFileName(path));
            if (found is null)
            {
                continue;
            }

            var fits = found.Record.Id == id && found.Record.Scheme == scheme && found.Record.EntityTag is not null
                && (entityTag is null || found.Record.EntityTag == entityTag);
            if (fits && (best is null || Completed(found) > Completed(best)))
            {
                (best, found) = (found, best);
            }

            if (found is not null)
            {
                File.Delete(path: directory.PathOf(found.Name));
                found.Dispose();
            }
        }

        return best;
    }

    private static int Completed(PartialFile file) => file.Complete.Count(static complete => complete);

    private static string[] Find(CacheDirectory directory, string hash)
    {
        try
        {
            return System.IO.Directory.GetFiles(directory.Path, $"{EntryNames.PartialPrefix}{hash}-*");
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
