using System.Globalization;
using System.Text;
using WarmContext.Files.Diagnostics;

namespace WarmContext.Files.Storage;

/// <summary>
/// The records of a cache directory, one for each identity. A record says that its source was seen to have one version at one time. Each
/// sight, of a new version or of the same one, is a new record renamed over the old one: readers see one or the other, and no time is
/// ever written to another version's record, whatever happens between two steps.
/// </summary>
/// <remarks>
/// Implementation note: a lock for each identity keeps a later sight from being replaced by an earlier one. Where it can't be had, nothing
/// is written, which costs a download or a request later on and nothing else.
/// </remarks>
internal sealed class RecordFiles(CacheDirectory directory, EnvironmentClock clock)
{
    private const string Heading = "warmcontext-file 2";
    private const int MaxRecordBytes = 32 * 1024;

    private static readonly TimeSpan s_commitPatience = TimeSpan.FromSeconds(2);

    private static readonly Lazy<string> s_currentBootId = new(ReadBootId, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Which boot of which machine this is.</summary>
    public static string CurrentBootId => s_currentBootId.Value;

    /// <summary>False for a file that may have lost what was never flushed to the disk.</summary>
    public static bool IsOfThisBoot(EntryRecord record) => record.BootId == CurrentBootId;

    /// <summary>Called before each step of a change, so that a test can order the steps of several processes; null does nothing.</summary>
    internal Action<RecordStep>? Step { get; set; }

    /// <summary>A record as it is on disk.</summary>
    /// <param name="record">What it says of the file.</param>
    /// <param name="seen">When the source was seen to have it; null for a partial file.</param>
    public static byte[] Serialize(EntryRecord record, Freshness? seen = null)
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
        Append(text, "encoding", record.ContentEncoding);
        Append(text, "version", record.SourceVersion);
        Append(text, "modified", record.LastModified?.UtcTicks.ToString(CultureInfo.InvariantCulture));
        Append(text, "checksum", record.Checksum?.ToString());
        Append(text, "expected", record.Expected.Count == 0 ? null : string.Join(' ', record.Expected));
        Append(text, "boot", record.BootId);
        if (seen is not null)
        {
            Append(text, "asked", seen.Asked.ToString(CultureInfo.InvariantCulture));
            Append(text, "answered", seen.Answered.ToString(CultureInfo.InvariantCulture));
            Append(text, "on", seen.BootId);
        }

        var body = text.ToString();
        return Encoding.UTF8.GetBytes($"{body}end={Fingerprint(body)}\n");
    }

    /// <summary>Reads a record back; null when it is damaged, cut short or of another format.</summary>
    public static EntryRecord? Parse(ReadOnlySpan<byte> bytes) => ParseFields(bytes) is { } fields ? ToRecord(fields) : null;

    private static Dictionary<string, string>? ParseFields(ReadOnlySpan<byte> bytes)
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

        return fields;
    }

    private static EntryRecord? ToRecord(Dictionary<string, string> fields)
    {
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
                ContentEncoding = fields.GetValueOrDefault("encoding"),
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

    /// <summary>A record, and when its source was last seen to have it; null when there is none that can be trusted.</summary>
    public (EntryRecord Record, Freshness Seen)? Read(string name)
    {
        var path = directory.PathOf(name);
        if (FileFacts.Of(path) is not { IsRegularFile: true })
        {
            return null;
        }

        // Everything of one open file: the path may be another version's a moment later.
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (FileFacts.Of(handle) is not { IsRegularFile: true, IsOurs: true, Length: <= MaxRecordBytes } facts)
            {
                return null;
            }

            var bytes = new byte[facts.Length];
            return ParseFields(bytes.AsSpan(0, RandomAccess.Read(handle, bytes, 0))) is { } fields && ToRecord(fields) is { } record
                ? (record, Freshness.FromDisk(
                    clock, facts.LastWriteUtc, ParseTicks(fields, "asked"), ParseTicks(fields, "answered"),
                    fields.GetValueOrDefault("on", string.Empty)))
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Makes a version the one that everybody finds; false when the disk has one that was seen later, or its lock can't be had.
    /// </summary>
    /// <exception cref="IOException">The record can't be written.</exception>
    public bool TryCommit(string hash, EntryRecord record, Freshness seen)
    {
        using var guard = Lock(hash, s_commitPatience);
        if (guard is null || Current(hash) is { } current
            && current.Record.Id == record.Id && current.Record.Scheme == record.Scheme
            && current.Seen.IsLaterThan(seen, current.Record.LastModified, record.LastModified)
            && FileFacts.Of(directory.PathOf(current.Record.DataName)) is { IsRegularFile: true })
        {
            return false;
        }

        Write(hash, record, seen);
        return true;
    }

    /// <summary>
    /// Notes on disk that the source still has an entry's version. Does nothing when the disk has another one. Best effort: without the
    /// note another process only asks again.
    /// </summary>
    public void Confirm(CachedEntry entry, Freshness seen)
    {
        try
        {
            using var guard = Lock(entry.Hash, TimeSpan.Zero);
            if (guard is not null && Current(entry.Hash) is { } current && current.Record.DataName == entry.Record.DataName
                && seen.IsLaterThan(current.Seen, null, null))
            {
                Write(entry.Hash, current.Record, seen);
            }
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
            // Also without the lock: a record that is missed costs a download.
            using var guard = Lock(hash, s_commitPatience);
            if (Current(hash) is not { } current || current.Record.DataName == dataName)
            {
                Step?.Invoke(RecordStep.Change);
                File.Delete(path);
            }
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed($"removing the record {path}", exception);
        }
    }

    private IDisposable? Lock(string hash, TimeSpan patience)
    {
        Step?.Invoke(RecordStep.Lock);
        return LockFile.ForRecord(directory, hash, clock).TryAcquireExclusive(patience);
    }

    private (EntryRecord Record, Freshness Seen)? Current(string hash)
    {
        Step?.Invoke(RecordStep.Read);
        return Read(EntryNames.Record(hash));
    }

    /// <summary>Writes a record under a name of its own, and renames it over the one that is there.</summary>
    private void Write(string hash, EntryRecord record, Freshness seen)
    {
        for (var again = false; ; again = true)
        {
            // Closed before it has its name, since readers must never find it locked. In that instant the sweep of another process may take
            // it for an orphan.
            string temporary;
            using (var stream = directory.CreateUnique(EntryNames.NewTemporary, 0, out temporary))
            {
                stream.Write(Serialize(record, seen));
            }

            try
            {
                File.SetLastWriteTimeUtc(directory.PathOf(temporary), seen.ConfirmedUtc);
                Step?.Invoke(RecordStep.Change);
                File.Move(directory.PathOf(temporary), directory.PathOf(EntryNames.Record(hash)), overwrite: true);
                return;
            }
            catch (FileNotFoundException) when (!again)
            {
            }
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

    private static long ParseTicks(Dictionary<string, string> fields, string name) =>
        long.TryParse(fields.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var ticks) ? ticks : 0;

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
