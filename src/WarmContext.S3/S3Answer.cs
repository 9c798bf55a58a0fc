using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.Files;

namespace WarmContext.S3;

/// <summary>Reads an answer of S3, and refuses one that isn't what was asked.</summary>
internal static class S3Answer
{
    private const int Md5Characters = 32;

    public static FileSourceResponse Read(FileSourceRequest request, GetObjectResponse response, S3FileSource.ClientLease client)
    {
        try
        {
            var (offset, total) = request.Length is { } asked ? Range(request, asked, response) : Whole(request, response);
            return new FileSourceResponse(new Owner(response, client))
            {
                EntityTag = string.IsNullOrEmpty(response.ETag) ? null : response.ETag,
                ContentEncoding = string.IsNullOrEmpty(response.Headers.ContentEncoding) ? null : response.Headers.ContentEncoding,
                Version = response.VersionId is { Length: > 0 } version && version != "null" ? version : null,
                LastModified = response.LastModified is { } modified ? new DateTimeOffset(modified.ToUniversalTime(), TimeSpan.Zero) : null,
                TotalLength = total,
                Offset = offset,
                Length = response.ContentLength,
                Checksums = request.Length is null ? Checksums(response) : [],
                Body = response.ResponseStream,
            };
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static (long Offset, long Total) Whole(FileSourceRequest request, GetObjectResponse response)
    {
        if (response.HttpStatusCode != HttpStatusCode.OK)
        {
            throw Protocol(request, $"answered {(int)response.HttpStatusCode} to a request for the whole object");
        }

        return response.ContentLength >= 0 ? (0, response.ContentLength) : throw Protocol(request, "did not say how long the object is");
    }

    private static (long Offset, long Total) Range(FileSourceRequest request, long asked, GetObjectResponse response)
    {
        if (response.HttpStatusCode != HttpStatusCode.PartialContent)
        {
            throw Protocol(
                request,
                $"answered {(int)response.HttpStatusCode} with the whole object to a request for bytes {request.Offset} to " +
                $"{request.Offset + asked - 1}");
        }

        if (!TryParse(response.ContentRange, out var first, out var last, out var total)
            || first != request.Offset || last != request.Offset + asked - 1 || response.ContentLength != asked)
        {
            throw Protocol(
                request,
                $"sent '{response.ContentRange}' with {response.ContentLength} bytes to a request for bytes {request.Offset} to " +
                $"{request.Offset + asked - 1}");
        }

        return (first, total);
    }

    /// <summary>Parses <c>bytes first-last/total</c>.</summary>
    internal static bool TryParse(string? contentRange, out long first, out long last, out long total)
    {
        first = last = total = 0;
        const string Unit = "bytes ";
        if (contentRange is null || !contentRange.StartsWith(Unit, StringComparison.Ordinal))
        {
            return false;
        }

        var text = contentRange.AsSpan(Unit.Length);
        var dash = text.IndexOf('-');
        var slash = text.IndexOf('/');
        return dash > 0 && slash > dash
            && long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && long.TryParse(text[(dash + 1)..slash], NumberStyles.None, CultureInfo.InvariantCulture, out last)
            && long.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out total);
    }

    /// <summary>
    /// What the object carries to be verified with: its full-object checksums, or else its entity tag where that is the MD5 of its bytes.
    /// </summary>
    private static List<FileChecksum> Checksums(GetObjectResponse response)
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
        if (checksums.Count == 0 && EntityTagIsMd5(response) && response.ETag.Trim('"') is { Length: Md5Characters } tag
            && tag.All(char.IsAsciiHexDigit))
        {
            checksums.Add(new FileChecksum(FileChecksumAlgorithm.Md5, Convert.FromHexString(tag)));
        }

        return checksums;
    }

    // With SSE-KMS or a customer's key the entity tag is something else.
    private static bool EntityTagIsMd5(GetObjectResponse response) =>
        response.ETag is not null
        && (string.IsNullOrEmpty(response.ServerSideEncryptionMethod?.Value)
            || response.ServerSideEncryptionMethod == ServerSideEncryptionMethod.AES256)
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

    private static FileCacheException Protocol(FileSourceRequest request, string what) =>
        new(FileCacheError.Protocol, $"The server {what} of s3://{request.Id}. It, or a proxy on the way, doesn't speak S3 properly.");

    private sealed class Owner(GetObjectResponse response, S3FileSource.ClientLease client) : IDisposable
    {
        public void Dispose()
        {
            response.Dispose();
            client.Dispose();
        }
    }
}
