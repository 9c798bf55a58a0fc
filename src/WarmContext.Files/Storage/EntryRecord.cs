using System.Globalization;
using System.Text;

namespace WarmContext.Files.Storage;

/// <summary>
/// What a record in the cache directory says of one file: its whole identity, and which data file holds it. The record's own last-write
/// time is when its source last confirmed it. Never changed once written; a new version is a new record renamed over it.
/// </summary>
internal sealed record EntryRecord
{
    private const string Heading = "warmcontext-file 1";

    private static readonly Lazy<string> s_currentBootId = new(ReadBootId, LazyThreadSafetyMode.PublicationOnly);

    public required string Scheme { get; init; }

    public required FileId Id { get; init; }

    public required string DataName { get; init; }

    public required long Length { get; init; }

    public string? EntityTag { get; init; }

    public string? SourceVersion { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Computed over the whole file when it was fetched.</summary>
    public FileChecksum? Checksum { get; init; }

    /// <summary>What the source says of the whole file; kept with a partial file until it can be compared.</summary>
    public IReadOnlyList<FileChecksum> Expected { get; init; } = [];

    /// <summary>The system's boot the data was written under: without a flush to the disk, another boot need not have it whole.</summary>
    public string BootId { get; init; } = string.Empty;

    /// <summary>Which boot of which machine this is.</summary>
    public static string CurrentBootId => s_currentBootId.Value;

    /// <summary>False for a file that may have lost what was never flushed to the disk.</summary>
    public bool IsOfThisBoot => BootId == CurrentBootId;

    public byte[] Serialize()
    {
        var text = new StringBuilder(512);
        text.Append(Heading).Append('\n');
        Append(text, "scheme", Scheme);
        Append(text, "container", Id.Container);
        Append(text, "key", Id.Key);
        Append(text, "pinned", Id.Version);
        Append(text, "data", DataName);
        Append(text, "length", Length.ToString(CultureInfo.InvariantCulture));
        Append(text, "etag", EntityTag);
        Append(text, "version", SourceVersion);
        Append(text, "modified", LastModified?.UtcTicks.ToString(CultureInfo.InvariantCulture));
        Append(text, "checksum", Checksum is { } checksum ? checksum.ToString() : null);
        Append(text, "expected", Expected.Count == 0 ? null : string.Join(' ', Expected));
        Append(text, "boot", BootId);
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
                LastModified = fields.TryGetValue("modified", out var ticks) ? new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero) : null,
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

    private static FileChecksum ParseChecksum(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new FileChecksum(Enum.Parse<FileChecksumAlgorithm>(text[..Math.Max(0, colon)]), Convert.FromHexString(text.AsSpan(colon + 1)));
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
