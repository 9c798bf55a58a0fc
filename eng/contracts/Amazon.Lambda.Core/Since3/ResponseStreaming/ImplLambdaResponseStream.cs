#nullable disable
namespace Amazon.Lambda.Core.ResponseStreaming;

// Made by a runtime, over its own delegates: names as in the real package.
internal sealed class ImplLambdaResponseStream : ILambdaResponseStream
{
    private readonly Delegates _delegates;

    internal ImplLambdaResponseStream(Delegates innerDelegates)
    {
        ArgumentNullException.ThrowIfNull(innerDelegates);
        ArgumentNullException.ThrowIfNull(innerDelegates.WriteAsync);
        ArgumentNullException.ThrowIfNull(innerDelegates.BytesWritten);
        ArgumentNullException.ThrowIfNull(innerDelegates.HasError);
        ArgumentNullException.ThrowIfNull(innerDelegates.Dispose);
        _delegates = innerDelegates;
    }

    public long BytesWritten => _delegates.BytesWritten();

    public bool HasError => _delegates.HasError();

    public Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken = default) =>
        _delegates.WriteAsync(buffer, offset, count, cancellationToken);

    public void Dispose() => _delegates.Dispose();

    internal sealed class Delegates
    {
        internal Func<byte[], int, int, CancellationToken, Task> WriteAsync { get; set; }

        internal Func<long> BytesWritten { get; set; }

        internal Func<bool> HasError { get; set; }

        internal Action Dispose { get; set; }
    }
}
