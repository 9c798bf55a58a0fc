namespace WarmContext.Files;

/// <summary>A checksum of a whole file.</summary>
public sealed class FileChecksum
{
    /// <summary>Creates a checksum.</summary>
    /// <param name="algorithm">How it was computed.</param>
    /// <param name="value">Its bytes, the most significant first.</param>
    public FileChecksum(FileChecksumAlgorithm algorithm, ReadOnlyMemory<byte> value)
    {
        Algorithm = algorithm;
        Value = value;
    }

    /// <summary>How the checksum was computed.</summary>
    public FileChecksumAlgorithm Algorithm { get; }

    /// <summary>The checksum's bytes, the most significant first.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm}:{Convert.ToHexString(Value.Span)}";
}
