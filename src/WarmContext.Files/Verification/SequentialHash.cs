using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WarmContext.Files.Verification;

/// <summary>
/// A hash that needs the whole file in order, such as SHA-256: it follows the parts as they are completed, reading them back from the page
/// cache.
/// </summary>
[SuppressMessage(
    "Security", "CA5350", Justification = "These are the algorithms that objects in S3 carry; they guard against accidents, not " +
    "attackers.")]
[SuppressMessage(
    "Security", "CA5351", Justification = "These are the algorithms that objects in S3 carry; they guard against accidents, not " +
    "attackers.")]
internal sealed class SequentialHash(FileChecksumAlgorithm algorithm) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm switch
    {
        FileChecksumAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        FileChecksumAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        _ => HashAlgorithmName.MD5,
    });

    public FileChecksumAlgorithm Algorithm => algorithm;

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}
