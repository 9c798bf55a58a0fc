using System.Globalization;
using System.Net;
using Amazon.S3.Model;
using WarmContext.Files;

namespace WarmContext.S3;

/// <summary>Reads an answer of S3, and refuses one that isn't what was asked.</summary>
internal static class S3Answer
{
    public static FileSourceResponse Read(FileSourceRequest request, GetObjectResponse response, S3ClientLease client)
    {
        try
        {
            var (offset, total) = request.Length is { } asked ? Range(request, asked, response) : Whole(request, response);
            return new FileSourceResponse(new Owner(response, client))
            {
                EntityTag = string.IsNullOrEmpty(response.ETag) ? null : response.ETag,
                Version = response.VersionId is { Length: > 0 } version && version != "null" ? version : null,
                LastModified = response.LastModified is { } modified ? new DateTimeOffset(modified.ToUniversalTime(), TimeSpan.Zero) : null,
                TotalLength = total,
                Offset = offset,
                Length = response.ContentLength,
                Checksums = request.Length is null ? S3Checksums.Read(response) : [],
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
            throw Protocol(request, $"answered {(int)response.HttpStatusCode} with the whole object to a request for bytes {request.Offset} to {request.Offset + asked - 1}");
        }

        if (!TryParse(response.ContentRange, out var first, out var last, out var total)
            || first != request.Offset || last != request.Offset + asked - 1 || response.ContentLength != asked)
        {
            throw Protocol(request, $"sent '{response.ContentRange}' with {response.ContentLength} bytes to a request for bytes {request.Offset} to {request.Offset + asked - 1}");
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

    private static FileCacheException Protocol(FileSourceRequest request, string what) =>
        new(FileCacheError.Protocol, $"The server {what} of s3://{request.Id}. It, or a proxy on the way, doesn't speak S3 properly.");

    private sealed class Owner(GetObjectResponse response, S3ClientLease client) : IDisposable
    {
        public void Dispose()
        {
            response.Dispose();
            client.Dispose();
        }
    }
}
