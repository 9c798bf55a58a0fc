using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using WarmContext.Files.Model;

namespace WarmContext.Files.Storage;

/// <summary>
/// A download under way: a file of the final length, held exclusively by its process, followed by a trailer that says what it is and which
/// parts are complete. After a kill the next download of the same version takes it over. The trailer is cut off before the file is
/// committed.
/// </summary>
/// <remarks>
/// Implementation note: a part is marked after it was written, and both are in the page cache in that order, which a killed process doesn't
/// lose. A lost machine does; hence the boot id in the trailer.
/// </remarks>
internal sealed class PartialFile : IDisposable
{
    private const int FooterBytes = 20;
    private const int MaxRecordBytes = 32 * 1024;
    private const int MaxParts = 1 << 20;
    private const uint Magic = 0x57435046;
    private const byte CompleteMark = 1;

    private readonly FileStream _stream;
    private readonly long _marksAt;

    private PartialFile(string name, FileStream stream, EntryRecord record, PartLayout layout, bool[] complete, long marksAt)
    {
        Name = name;
        _stream = stream;
        Record = record;
        Layout = layout;
        Complete = complete;
        _marksAt = marksAt;
    }

    public string Name { get; }

    public EntryRecord Record { get; }

    public PartLayout Layout { get; }

    /// <summary>Which parts were complete when the file was opened.</summary>
    public bool[] Complete { get; }

    public SafeFileHandle Handle => _stream.SafeFileHandle;

    /// <summary>Reserves the space and writes the trailer. A file of one part has none: there is nothing in it to resume.</summary>
    public static PartialFile Create(CacheDirectory directory, EntryRecord record, PartLayout layout)
    {
        var hash = EntryNames.Hash(record.Scheme, record.Id);
        var trailer = layout.Count > 1 ? Trailer(record, layout) : [];
        var stream = directory.CreateUnique(() => EntryNames.NewPartial(hash), layout.Total + trailer.Length, out var name);
        try
        {
            RandomAccess.SetLength(stream.SafeFileHandle, layout.Total + trailer.Length);
            RandomAccess.Write(stream.SafeFileHandle, trailer, layout.Total);
            return new PartialFile(
                name, stream, record, layout, new bool[layout.Count], layout.Total + trailer.Length - FooterBytes - layout.Count);
        }
        catch
        {
            stream.Dispose();
            File.Delete(directory.PathOf(name));
            throw;
        }
    }

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
        foreach (var name in directory.Names($"{EntryNames.PartialPrefix}{EntryNames.Hash(scheme, id)}-*"))
        {
            var found = TryOpen(directory, name);
            if (found is null)
            {
                continue;
            }

            var fits = found.Record.Id == id && found.Record.Scheme == scheme && found.Record.EntityTag is not null
                && (entityTag is null || found.Record.EntityTag == entityTag);
            if (fits && (best is null || found.CountComplete() > best.CountComplete()))
            {
                (best, found) = (found, best);
            }

            if (found is not null)
            {
                File.Delete(directory.PathOf(found.Name));
                found.Dispose();
            }
        }

        return best;
    }

    /// <summary>Opens what an ended process left, alone; null when it is in use or can't be resumed.</summary>
    public static PartialFile? TryOpen(CacheDirectory directory, string name)
    {
        var path = directory.PathOf(name);
        if (FileFacts.Of(path) is not { IsRegularFile: true, IsOurs: true })
        {
            return null;
        }

        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            var opened = Read(name, stream);

            // Between the look and the lock somebody may have removed it.
            if (opened is not null && File.Exists(path))
            {
                return opened;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }

        stream?.Dispose();
        return null;
    }

    /// <summary>Notes that a part is on disk.</summary>
    public void MarkComplete(int part)
    {
        if (Layout.Count > 1)
        {
            RandomAccess.Write(Handle, [CompleteMark], _marksAt + part);
        }
    }

    /// <summary>Cuts the trailer off: the file is then what its source has.</summary>
    public void Seal() => RandomAccess.SetLength(Handle, Layout.Total);

    public void Dispose() => _stream.Dispose();

    private int CountComplete() => Complete.Count(static complete => complete);

    private static byte[] Trailer(EntryRecord record, PartLayout layout)
    {
        // The footer: part size, length of the record, count of parts, and a mark that this is ours.
        var bytes = RecordFiles.Serialize(record);
        var trailer = new byte[bytes.Length + layout.Count + FooterBytes];
        bytes.CopyTo(trailer, 0);
        var footer = trailer.AsSpan(trailer.Length - FooterBytes);
        BinaryPrimitives.WriteInt64LittleEndian(footer, layout.PartSize);
        BinaryPrimitives.WriteInt32LittleEndian(footer[8..], bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(footer[12..], layout.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[16..], Magic);
        return trailer;
    }

    private static bool IsComplete(byte mark) => mark == CompleteMark;

    private static PartialFile? Read(string name, FileStream stream)
    {
        var length = stream.Length;
        var footer = new byte[FooterBytes];
        if (length < FooterBytes || RandomAccess.Read(stream.SafeFileHandle, footer, length - FooterBytes) != FooterBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(footer.AsSpan(16)) != Magic)
        {
            return null;
        }

        var partSize = BinaryPrimitives.ReadInt64LittleEndian(footer);
        var recordBytes = BinaryPrimitives.ReadInt32LittleEndian(footer.AsSpan(8));
        var count = BinaryPrimitives.ReadInt32LittleEndian(footer.AsSpan(12));
        if (partSize <= 0 || recordBytes is <= 0 or > MaxRecordBytes || count is <= 0 or > MaxParts)
        {
            return null;
        }

        var tail = new byte[recordBytes + count];
        var tailAt = length - FooterBytes - tail.Length;
        if (tailAt < 0 || RandomAccess.Read(stream.SafeFileHandle, tail, tailAt) != tail.Length
            || RecordFiles.Parse(tail.AsSpan(0, recordBytes)) is not { } record || !RecordFiles.IsOfThisBoot(record))
        {
            return null;
        }

        var layout = new PartLayout(record.Length, partSize);
        return layout.Count == count && length == layout.Total + tail.Length + FooterBytes
            ? new PartialFile(name, stream, record, layout, Array.ConvertAll(tail[recordBytes..], IsComplete), length - FooterBytes - count)
            : null;
    }
}
