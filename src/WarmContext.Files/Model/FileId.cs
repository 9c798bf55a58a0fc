using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace WarmContext.Files;

/// <summary>A file's name at its source. For S3 it is the bucket, the key and, to pin one version, the version id.</summary>
public readonly record struct FileId
{
    /// <summary>The longest key allowed, in UTF-8 bytes. Amazon S3 has the same limit.</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>The longest container or version allowed, in characters. The ARN of an access point fits.</summary>
    public const int MaxNameLength = 2048;

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Names a file.</summary>
    /// <param name="container">The container, for S3 the bucket.</param>
    /// <param name="key">The key in the container: 1 to 1,024 UTF-8 bytes, no NUL.</param>
    /// <param name="version">One version to pin; null for the current one.</param>
    /// <exception cref="ArgumentException">An argument is null, empty, too long, holds a NUL or isn't valid Unicode.</exception>
    public FileId(string container, string key, string? version = null)
    {
        Check(container, nameof(container), MaxNameLength);
        Check(key, nameof(key), MaxKeyBytes);
        if (version is not null)
        {
            Check(version, nameof(version), MaxNameLength);
        }

        Container = container;
        Key = key;
        Version = version;
    }

    /// <summary>The container, for S3 the bucket.</summary>
    public string Container { get; }

    /// <summary>The key in the container.</summary>
    public string Key { get; }

    /// <summary>The pinned version; null for the current one.</summary>
    public string? Version { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// Implementation note: every hit hashes its name. Keys may come from users, and get the runtime's hash, which nobody can aim
    /// collisions at; containers are the function's own, and the longer part as a rule, so a plain hash of all their characters will do for
    /// them.
    /// </remarks>
    public override int GetHashCode() => Key is null
        ? 0
        : HashCode.Combine(PlainHash(Container), Key.GetHashCode(StringComparison.Ordinal), Version?.GetHashCode(StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => Version is null ? $"{Container}/{Key}" : $"{Container}/{Key}?versionId={Version}";

    /// <summary>Throws for a name that was never given.</summary>
    internal static void ThrowIfDefault(FileId id)
    {
        if (id.Key is null)
        {
            throw new ArgumentException($"The file has no name; make a {nameof(FileId)} of a container and a key.", nameof(id));
        }
    }

    private static ulong PlainHash(string text)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        var hash = (ulong)text.Length;
        var four = MemoryMarshal.Cast<char, ulong>(text);
        foreach (var characters in four)
        {
            hash = BitOperations.RotateLeft((hash ^ characters) * Multiplier, 29);
        }

        foreach (var character in text.AsSpan(four.Length * 4))
        {
            hash = BitOperations.RotateLeft((hash ^ character) * Multiplier, 29);
        }

        return hash;
    }

    private static void Check(string value, string name, int maxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The {name} '{Printable(value)}' holds a NUL character at {value.IndexOf('\0', StringComparison.Ordinal)}; none is " +
                "allowed.",
                name);
        }

        int bytes;
        try
        {
            // Names are made anew for every hit, and nearly all of them are ASCII.
            bytes = Ascii.IsValid(value) ? value.Length : s_strictUtf8.GetByteCount(value);
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException(
                $"The {name} has an unpaired surrogate at index {exception.Index}; it must be valid Unicode.", name, exception);
        }

        if (bytes > maxBytes)
        {
            throw new ArgumentException($"The {name} '{Printable(value)}' has {bytes} UTF-8 bytes; at most {maxBytes} are allowed.", name);
        }
    }

    private static string Printable(string value)
    {
        var shown = value.Length > 64 ? string.Concat(value.AsSpan(0, 64), "…") : value;
        return shown.Replace("\0", "\\0", StringComparison.Ordinal);
    }
}
