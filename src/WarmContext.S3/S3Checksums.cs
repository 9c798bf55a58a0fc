using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.Files;

namespace WarmContext.S3;

/// <summary>What an object carries to be verified with: its full-object checksums, or else its entity tag where that is the MD5 of its bytes.</summary>
internal static class S3Checksums
{
    private const int Md5Characters = 32;

    public static IReadOnlyList<FileChecksum> Read(GetObjectResponse response)
    {
        var checksums = new List<FileChecksum>(1);

        // A composite checksum is one of checksums of upload parts, whose sizes nobody tells.
        if (response.ChecksumType != ChecksumType.COMPOSITE)
        {
            Add(checksums, FileChecksumAlgorithm.Crc64Nvme, response.ChecksumCRC64NVME, 8);
            Add(checksums, FileChecksumAlgorithm.Crc32C, response.ChecksumCRC32C, 4);
            Add(checksums, FileChecksumAlgorithm.Crc32, response.ChecksumCRC32, 4);
            Add(checksums, FileChecksumAlgorithm.Sha256, response.ChecksumSHA256, 32);
            Add(checksums, FileChecksumAlgorithm.Sha1, response.ChecksumSHA1, 20);
        }

        // MD5 is slow, and S3 has compared the others on upload: it is computed only where there is nothing else.
        if (checksums.Count == 0 && EntityTagIsMd5(response) && response.ETag.Trim('"') is { Length: Md5Characters } tag && tag.All(char.IsAsciiHexDigit))
        {
            checksums.Add(new FileChecksum(FileChecksumAlgorithm.Md5, Convert.FromHexString(tag)));
        }

        return checksums;
    }

    // With SSE-KMS or a customer's key the entity tag is something else.
    private static bool EntityTagIsMd5(GetObjectResponse response) =>
        response.ETag is not null
        && (string.IsNullOrEmpty(response.ServerSideEncryptionMethod?.Value) || response.ServerSideEncryptionMethod == ServerSideEncryptionMethod.AES256)
        && string.IsNullOrEmpty(response.ServerSideEncryptionCustomerMethod?.Value);

    private static void Add(List<FileChecksum> checksums, FileChecksumAlgorithm algorithm, string? value, int length)
    {
        // The form of a composite checksum, from a server that doesn't tell the type: value-parts.
        if (string.IsNullOrEmpty(value) || value.Contains('-', StringComparison.Ordinal))
        {
            return;
        }

        var bytes = new byte[length + 1];
        if (Convert.TryFromBase64String(value, bytes, out var written) && written == length)
        {
            checksums.Add(new FileChecksum(algorithm, bytes.AsMemory(0, length)));
        }
    }
}
