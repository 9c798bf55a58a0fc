using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using WarmContext.Files.Model;

namespace WarmContext.Files.Storage;

/// <summary>
/// A download under way: a file of the final length, held exclusively by its process, followed by a trailer that says what it is and how
/// far each part has come. After a kill the next download of the same version takes it over. The trailer is cut off before the file is
/// committed.
/// </summary>
/// <remarks>
/// Implementation note: progress is noted after the bytes were written, and both are in the page cache in that order, which a killed
/// process doesn't lose. A lost machine does; hence the boot id in the trailer. A link of a fixed name leads to the file, so that nobody
/// has to look through the directory for it.
/// </remarks>
internal sealed class PartialFile : IDisposable
{
    private const int FooterBytes = 20;
    private const int MaxRecordBytes = 32 * 1024;
    private const int MaxParts = 1 << 20;
    private const uint Magic = 0x57435047;
    private const int MarkBytes = 8;

    /// <summary>So much at most is fetched again after a kill, of each part that was under way.</summary>
    public const int CheckpointBytes = 256 * 1024;

    private readonly FileStream _stream;
    private readonly long _marksAt;

    private PartialFile(string name, FileStream stream, EntryRecord record, PartLayout layout, long[] done, long marksAt)
    {
        Name = name;
        _stream = stream;
        Record = record;
        Layout = layout;
        Done = done;
        _marksAt = marksAt;
    }

    public string Name { get; }

    public EntryRecord Record { get; }

    public PartLayout Layout { get; }

    /// <summary>How many bytes of each part, from its beginning, were there when the file was opened.</summary>
    public long[] Done { get; }

    /// <summary>How many bytes were there in all.</summary>
    public long Fetched => Done.Sum();

    /// <summary>True when what is fetched is of use to a later download of the same version.</summary>
    public bool IsResumable => CanResume(Record, Layout);

    public SafeFileHandle Handle => _stream.SafeFileHandle;

    /// <summary>Reserves the space and writes the trailer. A small file has none: it is fetched again as fast as it is resumed.</summary>
    public static PartialFile Create(CacheDirectory directory, EntryRecord record, PartLayout layout)
    {
        var hash = EntryNames.Hash(record.Scheme, record.Id);
        var trailer = CanResume(record, layout) ? Trailer(record, layout) : [];
        var stream = directory.CreateUnique(() => EntryNames.NewPartial(hash), layout.Total + trailer.Length, out var name);
        try
        {
            RandomAccess.SetLength(stream.SafeFileHandle, layout.Total + trailer.Length);
            RandomAccess.Write(stream.SafeFileHandle, trailer, layout.Total);
            if (trailer.Length > 0)
            {
                Note(directory, hash, name);
            }

            return new PartialFile(
                name, stream, record, layout, new long[layout.Count],
                layout.Total + trailer.Length - FooterBytes - (layout.Count * MarkBytes));
        }
        catch
        {
            stream.Dispose();
            File.Delete(directory.PathOf(name));
            throw;
        }
    }

    /// <summary>Takes over the partial file of this version; one of another version is removed.</summary>
    /// <param name="directory">Where to look.</param>
    /// <param name="scheme">The kind of source.</param>
    /// <param name="id">The file.</param>
    /// <param name="entityTag">The version wanted; null takes any, to be asked for under its own tag.</param>
    public static PartialFile? TakeOver(CacheDirectory directory, string scheme, FileId id, string? entityTag)
    {
        // Without locks it may be one that a live process writes to.
        var hash = EntryNames.Hash(scheme, id);
        if (Noted(directory, hash) is not { } name || !directory.HasLocks || TryOpen(directory, name) is not { } found)
        {
            return null;
        }

        if (found.Record.Id == id && found.Record.Scheme == scheme && found.Record.EntityTag is not null
            && (entityTag is null || found.Record.EntityTag == entityTag))
        {
            return found;
        }

        File.Delete(directory.PathOf(found.Name));
        found.RemoveNote(directory);
        found.Dispose();
        return null;
    }

    /// <summary>The partial file that was noted for an identity; null when there is none. Whoever opens it looks at what it is.</summary>
    public static string? Noted(CacheDirectory directory, string hash)
    {
        try
        {
            var name = new FileInfo(directory.PathOf(EntryNames.HintPrefix + hash)).LinkTarget;
            return name is not null && name.StartsWith(EntryNames.PartialPrefix + hash, StringComparison.Ordinal) && !name.Contains('/')
                ? name
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
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

    /// <summary>Notes how many bytes of a part are on disk, from its beginning.</summary>
    public void MarkProgress(int part, long bytes)
    {
        if (IsResumable)
        {
            Span<byte> mark = stackalloc byte[MarkBytes];
            BinaryPrimitives.WriteInt64LittleEndian(mark, bytes);
            RandomAccess.Write(Handle, mark, _marksAt + (part * MarkBytes));
        }
    }

    /// <summary>Notes that a part is on disk.</summary>
    public void MarkComplete(int part) => MarkProgress(part, Layout.Length(part));

    /// <summary>Removes the note that names this file.</summary>
    public void RemoveNote(CacheDirectory directory)
    {
        var hash = EntryNames.Hash(Record.Scheme, Record.Id);
        if (IsResumable && Noted(directory, hash) == Name)
        {
            EntryStore.TryRemoveLink(directory.PathOf(EntryNames.HintPrefix + hash));
        }
    }

    /// <summary>Cuts the trailer off: the file is then what its source has.</summary>
    public void Seal() => RandomAccess.SetLength(Handle, Layout.Total);

    public void Dispose() => _stream.Dispose();

    /// <summary>Notes the file of an identity. The one that was noted before is removed, unless its process lives.</summary>
    private static void Note(CacheDirectory directory, string hash, string name)
    {
        var link = directory.PathOf(EntryNames.HintPrefix + hash);
        try
        {
            // Where locks do nothing nobody knows whether its process lives.
            if (Noted(directory, hash) is { } other && directory.HasLocks)
            {
                EntryStore.TryRemoveData(directory.PathOf(other));
            }

            File.Delete(link);

            File.CreateSymbolicLink(link, name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process was first, or there are no links: then nothing is resumed.
        }
    }

    // Without an entity tag nobody knows whether the rest would be of the same version.
    private static bool CanResume(EntryRecord record, PartLayout layout) =>
        record.EntityTag is not null && (layout.Count > 1 || layout.Total > CheckpointBytes);

    private static byte[] Trailer(EntryRecord record, PartLayout layout)
    {
        // The footer: part size, length of the record, count of parts, and a mark that this is ours.
        var bytes = RecordFiles.Serialize(record);
        var trailer = new byte[bytes.Length + (layout.Count * MarkBytes) + FooterBytes];
        bytes.CopyTo(trailer, 0);
        var footer = trailer.AsSpan(trailer.Length - FooterBytes);
        BinaryPrimitives.WriteInt64LittleEndian(footer, layout.PartSize);
        BinaryPrimitives.WriteInt32LittleEndian(footer[8..], bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(footer[12..], layout.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[16..], Magic);
        return trailer;
    }

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

        var tail = new byte[recordBytes + (count * MarkBytes)];
        var tailAt = length - FooterBytes - tail.Length;
        if (tailAt < 0 || RandomAccess.Read(stream.SafeFileHandle, tail, tailAt) != tail.Length
            || RecordFiles.Parse(tail.AsSpan(0, recordBytes)) is not { } record || !RecordFiles.IsOfThisBoot(record))
        {
            return null;
        }

        var layout = new PartLayout(record.Length, partSize);
        if (layout.Count != count || length != layout.Total + tail.Length + FooterBytes)
        {
            return null;
        }

        var done = new long[count];
        for (var part = 0; part < count; part++)
        {
            done[part] = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(recordBytes + (part * MarkBytes)));
            if (done[part] < 0 || done[part] > layout.Length(part))
            {
                return null;
            }
        }

        return new PartialFile(name, stream, record, layout, done, length - FooterBytes - (count * MarkBytes));
    }
}
