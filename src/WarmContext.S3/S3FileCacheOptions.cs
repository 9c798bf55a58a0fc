using Amazon.S3;
using WarmContext.Files;

namespace WarmContext.S3;

/// <summary>How an <see cref="S3FileCache"/> keeps its files and asks for them.</summary>
public sealed class S3FileCacheOptions : FileCacheOptions
{
    private const int CustomerKeyBytes = 32;

    /// <summary>Who pays for requests and transfer, where the bucket's owner doesn't.</summary>
    /// <value>Default: null, the owner.</value>
    public RequestPayer? RequestPayer { get; set; }

    /// <summary>The account that must own the bucket, 12 digits. S3 refuses with 403 when another one does.</summary>
    /// <value>Default: null, not checked.</value>
    public string? ExpectedBucketOwner { get; set; }

    /// <summary>
    /// The customer-provided key (SSE-C) that objects are encrypted with: 32 bytes in Base64. Cached files are not encrypted with it.
    /// </summary>
    /// <value>Default: null.</value>
    public string? CustomerProvidedKey { get; set; }

    internal S3FileCacheOptions ValidatedS3()
    {
        if (ExpectedBucketOwner is { } owner && (owner.Length != 12 || !owner.All(char.IsAsciiDigit)))
        {
            throw new ArgumentException(
                $"{nameof(S3FileCacheOptions)}.{nameof(ExpectedBucketOwner)} is '{owner}'; it must be an account id of 12 digits, or " +
                "null.");
        }

        if (CustomerProvidedKey is { } key)
        {
            // The key itself is a secret: no message shows it.
            var bytes = new byte[CustomerKeyBytes + 1];
            if (!Convert.TryFromBase64String(key, bytes, out var written) || written != CustomerKeyBytes)
            {
                throw new ArgumentException(
                    $"{nameof(S3FileCacheOptions)}.{nameof(CustomerProvidedKey)} must be {CustomerKeyBytes} bytes in Base64.");
            }
        }

        return (S3FileCacheOptions)MemberwiseClone();
    }
}
