#nullable disable
using System.Runtime.Versioning;

namespace Amazon.Lambda.Core.ResponseStreaming;

// Disposing it does nothing to the response, as in the real package: that ends when the handler does.
[RequiresPreviewFeatures]
public class LambdaResponseStream : Stream
{
    private readonly ILambdaResponseStream _response;

    internal LambdaResponseStream(ILambdaResponseStream responseStream) => _response = responseStream;

    public long BytesWritten => _response.BytesWritten;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => BytesWritten;

    public override long Position
    {
        get => throw new NotSupportedException("A response stream can't seek.");
        set => throw new NotSupportedException("A response stream can't seek.");
    }

    public async Task WriteAsync(byte[] buffer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        await WriteAsync(buffer, 0, buffer.Length, cancellationToken);
    }

    public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken = default) =>
        await _response.WriteAsync(buffer, offset, count, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotImplementedException("A response stream can't seek.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotImplementedException("A response stream can't read.");

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        throw new NotImplementedException("A response stream can't read.");

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A response stream has no length to set.");
}
