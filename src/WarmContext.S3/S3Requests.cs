using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.Files;

namespace WarmContext.S3;

/// <summary>The SDK's requests for what a cache asks, with the options that go with every one.</summary>
internal sealed class S3Requests(S3FileCacheOptions options)
{
    public GetObjectRequest Get(FileSourceRequest request)
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
            get.ByteRange = new ByteRange(string.Create(CultureInfo.InvariantCulture, $"bytes={request.Offset}-{request.Offset + length - 1}"));
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
    public GetObjectMetadataRequest Head(FileId id)
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
}
