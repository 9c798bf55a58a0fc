#nullable disable
namespace Amazon.Lambda.Core.ResponseStreaming;

// What a runtime gives the factory. Internal in the real package too, with this name and these members, because the runtime makes it by
// them.
internal interface ILambdaResponseStream : IDisposable
{
    long BytesWritten { get; }

    bool HasError { get; }

    Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken = default);
}
