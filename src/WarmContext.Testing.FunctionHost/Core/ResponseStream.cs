using WarmContext.Testing.FunctionHost.Api;

namespace WarmContext.Testing.FunctionHost.Core;

/// <summary>A streamed response, sent on the connection of its invocation's loop, which waits for the handler meanwhile.</summary>
internal sealed class ResponseStream
{
    // The end of the prelude: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html (read 2026-11-30).
    private static readonly byte[] s_endOfPrelude = new byte[8];

    private readonly object _gate = new();
    private readonly RuntimeApiConnection _api;
    private bool _isOver;

    public ResponseStream(RuntimeApiConnection api, string requestId, byte[] prelude)
    {
        _api = api;
        api.BeginChunks(
            $"/2018-06-01/runtime/invocation/{requestId}/response",
            "Content-Type: application/vnd.awslambda.http-integration-response\r\n" +
            "Lambda-Runtime-Function-Response-Mode: streaming\r\n" +
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n");
        if (prelude.Length > 0)
        {
            api.SendChunk([.. prelude, .. s_endOfPrelude]);
        }
    }

    public long BytesWritten { get; private set; }

    public bool HasError { get; private set; }

    public Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        var bytes = buffer.AsSpan(offset, count);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_isOver)
            {
                throw new InvalidOperationException("The response has ended: the handler has returned or thrown.");
            }

            BytesWritten += count;
            if (count > 0)
            {
                _api.SendChunk(bytes);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends the response, with the handler's exception where it has thrown one.</summary>
    public RuntimeApiAnswer End(Exception? exception)
    {
        lock (_gate)
        {
            _isOver = true;
            HasError = exception is not null;
            return _api.EndChunks(exception is null
                ? string.Empty
                : $"Lambda-Runtime-Function-Error-Type: {FunctionError.TypeOf(exception)}\r\n" +
                    $"Lambda-Runtime-Function-Error-Body: {Convert.ToBase64String(FunctionError.ToJson(exception))}\r\n");
        }
    }
}
