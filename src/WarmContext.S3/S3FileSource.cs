using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.Files;

namespace WarmContext.S3;

/// <summary>
/// S3 as a file source: one GET for each call, whole or ranged, its answer checked against what was asked; and a HEAD before it where that
/// may do.
/// </summary>
internal sealed class S3FileSource(
    Func<CancellationToken, ValueTask<S3FileSource.ClientLease>> lease, S3FileCacheOptions options) : IFileSource
{
    public string Scheme => "s3";

    public string Describe(FileId id) => $"s3://{id}";

    public void Validate(FileId id)
    {
        foreach (var segment in id.Key.Split('/'))
        {
            // URLs are normalized on the way: such a key would name another object, even one in another bucket.
            if (segment is "." or "..")
            {
                throw new ArgumentException(
                    $"The key '{id.Key}' of bucket '{id.Container}' has a segment '{segment}', which URLs can't carry; such an object " +
                    "can't be fetched.",
                    nameof(id));
            }
        }

        if (id.Container.Contains('/', StringComparison.Ordinal) && !id.Container.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw new ArgumentException($"The bucket '{id.Container}' has a '/', which only an ARN may have.", nameof(id));
        }
    }

    public async ValueTask<FileSourceResponse> OpenAsync(FileSourceRequest request, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(request, cancellationToken).ConfigureAwait(false);
        for (var again = false; ; again = true)
        {
            try
            {
                if (request.IfNoneMatch is { } entityTag && !again && await IsUnchangedAsync(
                    request.Id, entityTag, client.Client, cancellationToken).ConfigureAwait(false))
                {
                    client.Dispose();
                    return new FileSourceResponse { NotModified = true };
                }

                var response = await client.Client.GetObjectAsync(Get(request), cancellationToken).ConfigureAwait(false);
                return S3Answer.Read(request, response, client);
            }
            catch (AmazonS3Exception exception) when (
                exception.StatusCode == System.Net.HttpStatusCode.NotModified && request.IfNoneMatch is not null)
            {
                // Changed back, or the HEAD was refused.
                client.Dispose();
                return new FileSourceResponse { NotModified = true };
            }
            catch (Exception exception)
            {
                var translated = S3Errors.Translate(exception, Describe(request.Id), request.Id, client.Client, cancellationToken);

                // A kept connection on which an earlier answer went wrong in the middle: HttpClient drops it, and the SDK doesn't know this
                // failure as one to retry. The next request has another connection.
                if (translated is { Error: FileCacheError.Protocol } && !again)
                {
                    continue;
                }

                client.Dispose();
                if (translated is not null)
                {
                    throw translated;
                }

                throw;
            }
        }
    }

    private async ValueTask<ClientLease> ClientAsync(FileSourceRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await lease(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AmazonClientException)
        {
            throw S3Errors.Translate(exception, Describe(request.Id), request.Id, null, cancellationToken) ?? exception;
        }
    }

    /// <summary>
    /// True when the object still has this entity tag. Asked by a HEAD without condition, since the SDK throws at a 304: its exception,
    /// passed up through a dozen handlers, costs more than the request. A refusal is no answer: those to a HEAD don't say why, so the GET
    /// that follows does.
    /// </summary>
    private async Task<bool> IsUnchangedAsync(FileId id, string entityTag, IAmazonS3 client, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(Head(id), cancellationToken).ConfigureAwait(false)).ETag == entityTag;
        }
        catch (Exception exception) when (IsRefusal(S3Errors.Translate(exception, Describe(id), id, client, cancellationToken)))
        {
            return false;
        }
    }

    private static bool IsRefusal(FileCacheException? failure) =>
        failure is { Error: not (FileCacheError.Unreachable or FileCacheError.Unavailable) };

    private GetObjectRequest Get(FileSourceRequest request)
    {
        var get = new GetObjectRequest
        {
            BucketName = request.Id.Container,
            Key = request.Id.Key,
            VersionId = request.Id.Version,
            EtagToMatch = request.IfMatch,
            EtagToNotMatch = request.IfNoneMatch,
            ExpectedBucketOwner = options.ExpectedBucketOwner,
            RequestPayer = options.RequestPayer,
        };
        if (request.Length is { } length)
        {
            get.ByteRange = new ByteRange(
                string.Create(CultureInfo.InvariantCulture, $"bytes={request.Offset}-{request.Offset + length - 1}"));
        }
        else
        {
            get.ChecksumMode = ChecksumMode.ENABLED;
        }

        if (options.CustomerProvidedKey is { } key)
        {
            get.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
            get.ServerSideEncryptionCustomerProvidedKey = key;
        }

        return get;
    }

    /// <summary>Asks for the object's entity tag, without condition.</summary>
    private GetObjectMetadataRequest Head(FileId id)
    {
        var head = new GetObjectMetadataRequest
        {
            BucketName = id.Container,
            Key = id.Key,
            VersionId = id.Version,
            ExpectedBucketOwner = options.ExpectedBucketOwner,
            RequestPayer = options.RequestPayer,
        };
        if (options.CustomerProvidedKey is { } key)
        {
            head.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
            head.ServerSideEncryptionCustomerProvidedKey = key;
        }

        return head;
    }

    /// <summary>A client, and what keeps it from being disposed meanwhile.</summary>
    internal readonly record struct ClientLease(IAmazonS3 Client, IDisposable? Lease) : IDisposable
    {
        public void Dispose() => Lease?.Dispose();
    }
}
