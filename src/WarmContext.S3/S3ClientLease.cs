using Amazon.S3;

namespace WarmContext.S3;

/// <summary>A client and what keeps it from being disposed meanwhile.</summary>
internal readonly record struct S3ClientLease(IAmazonS3 Client, IDisposable? Lease) : IDisposable
{
    public void Dispose() => Lease?.Dispose();
}
