using System.Globalization;
using System.Text;
using WarmContext.Files.Diagnostics;

namespace WarmContext.Files.Storage;

/// <summary>
/// The records of a cache directory, one for each identity. A record's last-write time is when its source last confirmed the file; a new
/// version is a new record renamed over the old one, so that readers see one or the other.
/// </summary>
internal sealed class RecordFiles(CacheDirectory directory)
{
    private const string Heading = "warmcontext-file 1";
    private const int MaxRecordBytes = 32 * 1024;

    private static readonly Lazy<string> s_currentBootId = new(ReadBootId, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Which boot of which machine this is.</summary>
    public static string CurrentBootId => s_currentBootId.Value;

    /// <summary>False for a file that may have lost what was never flushed to the disk.</summary>
    public static bool IsOfThisBoot(EntryRecord record) => record.BootId == CurrentBootId;

    /// <summary>A record as it is on disk.</summary>
    public static byte[] Serialize(EntryRecord record)
    {
        var text = new StringBuilder(512);
        text.Append(Heading).Append('\n');
        Append(text, "scheme", record.Scheme);
        Append(text, "container", record.Id.Container);
        Append(text, "key", record.Id.Key);
        Append(text, "pinned", record.Id.Version);
        Append(text, "data", record.DataName);
        Append(text, "length", record.Length.ToString(CultureInfo.InvariantCulture));
        Append(text, "etag", record.EntityTag);
        Append(text, "version", record.SourceVersion);
        Append(text, "modified", record.LastModified?.UtcTicks.ToString(CultureInfo.InvariantCulture));
        Append(text, "checksum", record.Checksum?.ToString());
        Append(text, "expected", record.Expected.Count == 0 ? null : string.Join(' ', record.Expected));
        Append(text, "boot", record.BootId);
        var body = text.ToString();
        return Encoding.UTF8.GetBytes($"{body}end={Fingerprint(body)}\n");
    }

    /// <summary>Reads a record back; null when it is damaged, cut short or of another format.</summary>
    public static EntryRecord? Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.LastIndexOf("end=", StringComparison.Ordinal);
        if (!text.StartsWith(Heading, StringComparison.Ordinal) || end < 0 || text[end..] != $"end={Fingerprint(text[..end])}\n")
        {
            return null;
        }

        var fields = new Dictionary<string, string>(16, StringComparer.Ordinal);
        foreach (var line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                fields[line[..equals]] = Uri.UnescapeDataString(line[(equals + 1)..]);
            }
        }

        try
        {
            var name = fields["data"];
            var length = long.Parse(fields["length"], NumberStyles.None, CultureInfo.InvariantCulture);
            return !EntryNames.IsData(name) ? null : new EntryRecord
            {
                Scheme = fields["scheme"],
                Id = new FileId(fields["container"], fields["key"], fields.GetValueOrDefault("pinned")),
                DataName = name,
                Length = length,
                EntityTag = fields.GetValueOrDefault("etag"),
                SourceVersion = fields.GetValueOrDefault("version"),
                LastModified = fields.TryGetValue("modified", out var ticks) ? ParseTime(ticks) : null,
                Checksum = fields.TryGetValue("checksum", out var checksum) ? ParseChecksum(checksum) : null,
                Expected = fields.TryGetValue("expected", out var expected) ? expected.Split(' ').Select(ParseChecksum).ToArray() : [],
                BootId = fields.GetValueOrDefault("boot", string.Empty),
            };
        }
        catch (Exception exception) when (exception is KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A record, and when it was last confirmed; null when there is none that can be trusted.</summary>
    public (EntryRecord Record, DateTime ConfirmedUtc)? Read(string name)
    {
        var path = directory.PathOf(name);
        return FileFacts.Of(path) is { IsRegularFile: true, IsOurs: true } facts && ReadFile(path, facts) is { } record
            ? (record, facts.LastWriteUtc)
            : null;
    }

    /// <summary>Writes a record under a name of its own, and renames it over the one that is there.</summary>
    public void Write(string hash, EntryRecord record, DateTime confirmedUtc)
    {
        for (var again = false; ; again = true)
        {
            // Closed before it has its name, since readers must never find it locked. In that instant the sweep of another process may take
            // it for an orphan.
            string temporary;
            using (var stream = directory.CreateUnique(EntryNames.NewTemporary, 0, out temporary))
            {
                stream.Write(Serialize(record));
            }

            try
            {
                File.SetLastWriteTimeUtc(directory.PathOf(temporary), confirmedUtc);
                File.Move(directory.PathOf(temporary), directory.PathOf(EntryNames.Record(hash)), overwrite: true);
                return;
            }
            catch (FileNotFoundException) when (!again)
            {
            }
        }
    }

    /// <summary>Notes on disk that the source confirmed an entry. Best effort: without the note another process only asks again.</summary>
    public void Confirm(CachedEntry entry, DateTime confirmedUtc)
    {
        try
        {
            File.SetLastWriteTimeUtc(directory.PathOf(EntryNames.Record(entry.Hash)), confirmedUtc);
        }
        catch (FileNotFoundException)
        {
            // Evicted by another process meanwhile.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed($"noting that {entry.Record.Id} is confirmed", exception);
        }
    }

    /// <summary>When the disk says that a file was last confirmed; null when it has no record of it.</summary>
    public DateTime? LastConfirmed(CachedEntry entry) =>
        FileFacts.Of(directory.PathOf(EntryNames.Record(entry.Hash))) is { IsRegularFile: true } facts ? facts.LastWriteUtc : null;

    /// <summary>Removes a record if it names this data file, so that nobody finds the entry any more. The data stays.</summary>
    public void Remove(string hash, string dataName)
    {
        var path = directory.PathOf(EntryNames.Record(hash));
        try
        {
            if (FileFacts.Of(path) is { } facts
                && (!facts.IsRegularFile || ReadFile(path, facts) is not { } record || record.DataName == dataName))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed($"removing the record {path}", exception);
        }
    }

    private static EntryRecord? ReadFile(string path, FileFacts facts)
    {
        if (facts.Length > MaxRecordBytes)
        {
            return null;
        }

        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private static void Append(StringBuilder text, string name, string? value)
    {
        if (value is not null)
        {
            text.Append(name).Append('=').Append(Uri.EscapeDataString(value)).Append('\n');
        }
    }

    private static DateTimeOffset ParseTime(string ticks) => new(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static FileChecksum ParseChecksum(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new FileChecksum(
            Enum.Parse<FileChecksumAlgorithm>(text[..Math.Max(0, colon)]), Convert.FromHexString(text.AsSpan(colon + 1)));
    }

    /// <summary>FNV-1a: enough to tell a damaged record, and needs nothing loaded.</summary>
    private static string Fingerprint(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
