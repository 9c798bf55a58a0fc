namespace WarmContext.Files;

/// <summary>A checksum of a whole file.</summary>
/// <param name="Algorithm">How it was computed.</param>
/// <param name="Value">Its bytes, the most significant first.</param>
public readonly record struct FileChecksum(FileChecksumAlgorithm Algorithm, ReadOnlyMemory<byte> Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm}:{Convert.ToHexString(Value.Span)}";
}
