namespace WarmContext.Relay.Http;

/// <summary>Tells one HTTP/1.1 message from the next on a connection.</summary>
/// <param name="stream">What the connection's one side sends.</param>
public sealed class HttpReader(Stream stream)
{
    private const int MaxHeadLength = 64 * 1024;

    private readonly byte[] _buffer = new byte[MaxHeadLength];
    private int _start;
    private int _end;

    /// <summary>The head of the next message; null when the connection ends before it.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The head is longer than 64 KiB.</exception>
    public async Task<HttpHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (length >= 0)
            {
                var head = _buffer[_start..(_start + length + 4)];
                _start += head.Length;
                return new HttpHead(head);
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _buffer.Length)
            {
                throw new IOException("The head of the HTTP message is too long.");
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }
    }

    /// <summary>Reads on behind the head.</summary>
    /// <param name="into">Where the bytes go; no more are read than fit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>How many bytes came; 0 when the connection has ended.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            return await stream.ReadAsync(into, cancellationToken).ConfigureAwait(false);
        }

        var length = Math.Min(into.Length, _end - _start);
        _buffer.AsMemory(_start, length).CopyTo(into);
        _start += length;
        return length;
    }

    /// <summary>Passes a body on.</summary>
    /// <param name="length">Its length, in bytes.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="cancellationToken">Ends the passing.</param>
    /// <exception cref="IOException">The connection has ended within the body.</exception>
    public async Task CopyBodyAsync(long length, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var part = new byte[MaxHeadLength];
        while (length > 0)
        {
            var read = await ReadAsync(part.AsMemory(0, (int)Math.Min(part.Length, length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new IOException("The connection ended within an HTTP message.");
            }

            await destination.WriteAsync(part.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            length -= read;
        }
    }
}
