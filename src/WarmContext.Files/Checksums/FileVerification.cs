using Microsoft.Win32.SafeHandles;
using WarmContext.Files.Download;
using WarmContext.Files.Storage;

namespace WarmContext.Files.Checksums;

/// <summary>Compares what a file is with what it should be.</summary>
internal static class FileVerification
{
    /// <summary>Throws unless every expected checksum came out.</summary>
    public static void Check(string file, IReadOnlyList<FileChecksum> expected, FileChecksum[] actual)
    {
        foreach (var wanted in expected)
        {
            var found = actual.First(checksum => checksum.Algorithm == wanted.Algorithm);
            if (!found.Value.Span.SequenceEqual(wanted.Value.Span))
            {
                throw new FileCacheException(FileCacheError.Corrupt, $"{file} came damaged: its {wanted.Algorithm} is {Convert.ToHexString(found.Value.Span)}, and not {Convert.ToHexString(wanted.Value.Span)}.");
            }
        }
    }

    /// <summary>Reads a file on disk and compares it with the checksum that was computed when it was fetched.</summary>
    public static bool IsIntact(SafeFileHandle file, EntryRecord record)
    {
        if (record.Checksum is not { } expected)
        {
            return false;
        }

        var hash = new ContentHash(new PartLayout(record.Length, Math.Max(1, record.Length)), file, [expected]);
        try
        {
            hash.ReadBack(0);
            return hash.FinishAsync().GetAwaiter().GetResult().Any(actual => actual.Value.Span.SequenceEqual(expected.Value.Span));
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            hash.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
