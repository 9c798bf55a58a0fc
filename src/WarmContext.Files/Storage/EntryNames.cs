using System.Security.Cryptography;
using System.Text;

namespace WarmContext.Files.Storage;

/// <summary>
/// The names of files in a cache directory. All of fixed length and alphabet, whatever the key is, so that no key can reach outside the
/// directory or past the file system's limit of 255 bytes.
/// </summary>
internal static class EntryNames
{
    /// <summary>A record, one for each identity: it says which data file is current.</summary>
    public const string RecordPrefix = "e-";

    /// <summary>A whole, verified file. Written once, never changed.</summary>
    public const string DataPrefix = "d-";

    /// <summary>A download under way, or what is left of one.</summary>
    public const string PartialPrefix = "p-";

    /// <summary>A link that names the partial file of an identity, so that nobody has to look through the directory for it.</summary>
    public const string HintPrefix = "h-";

    /// <summary>A record being written.</summary>
    public const string TemporaryPrefix = "t-";

    /// <summary>Held exclusively by the process that fetches a file.</summary>
    public const string LockPrefix = "l-";

    /// <summary>Held exclusively while a record is changed.</summary>
    public const string RecordLockPrefix = "r-";

    /// <summary>Held shared while a file is committed, and exclusively while orphans are swept.</summary>
    public const string CommitLock = "lock";

    private const int HashCharacters = 40;
    private const int MaxExtension = 12;

    public static string Hash(string scheme, FileId id)
    {
        // Each part is preceded by its length: no two identities run together into one text.
        var text = $"{scheme.Length}:{scheme}{id.Container.Length}:{id.Container}{id.Key.Length}:{id.Key}" +
            $"{id.Version?.Length ?? -1}:{id.Version}";
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, HashCharacters / 2).ToLowerInvariant();
    }

    public static string Record(string hash) => RecordPrefix + hash;

    public static string NewPartial(string hash) => $"{PartialPrefix}{hash}-{Guid.NewGuid():N}";

    public static string NewTemporary() => $"{TemporaryPrefix}{Guid.NewGuid():N}";

    /// <summary>A new data file's name. It keeps a plain extension of the key, which some libraries go by.</summary>
    public static string NewData(string hash, string key) => $"{DataPrefix}{hash}-{Guid.NewGuid():N}{Extension(key)}";

    /// <summary>The identity's hash in the name of a data file or a partial one; empty when the name is none of ours.</summary>
    public static ReadOnlySpan<char> HashOf(ReadOnlySpan<char> name) =>
        name.Length > DataPrefix.Length + HashCharacters && name[DataPrefix.Length + HashCharacters] == '-'
            ? name.Slice(DataPrefix.Length, HashCharacters)
            : default;

    /// <summary>True for a name that <see cref="NewData"/> could have made, so that a record can't point at anything else.</summary>
    public static bool IsData(string name) =>
        name.StartsWith(DataPrefix, StringComparison.Ordinal) && !HashOf(name).IsEmpty && name.Length <= 96
        && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.');

    private static string Extension(string key)
    {
        var dot = key.LastIndexOf('.');
        var length = key.Length - dot - 1;
        var isPlain = dot >= 0 && length is > 0 and <= MaxExtension && key[(dot + 1)..].All(char.IsAsciiLetterOrDigit);
        return isPlain ? key[dot..] : string.Empty;
    }
}
