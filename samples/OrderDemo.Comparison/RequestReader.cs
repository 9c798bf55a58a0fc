using System.Globalization;
using System.Text;

namespace OrderDemo;

/// <summary>Tells one HTTP/1.1 request from the next on a connection.</summary>
internal sealed class RequestReader(Stream stream)
{
    private const int MaxHeadLength = 64 * 1024;

    private readonly byte[] _buffer = new byte[MaxHeadLength];
    private int _start;
    private int _end;

    /// <summary>The next request line and headers; null when the connection ends before them.</summary>
    public async Task<RequestHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (length >= 0)
            {
                byte[] head = _buffer[_start..(_start + length + 4)];
                _start += head.Length;
                return new RequestHead(head, ContentLength(head));
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            int read = _end < _buffer.Length ? await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken) : throw new IOException("The request's head is too long.");
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }
    }

    public async Task CopyBodyAsync(long length, Stream destination, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken));
                if (_end == 0)
                {
                    throw new IOException("The connection ended within a request.");
                }
            }

            int part = (int)Math.Min(length, _end - _start);
            await destination.WriteAsync(_buffer.AsMemory(_start, part), cancellationToken);
            _start += part;
            length -= part;
        }
    }

    private static long ContentLength(byte[] head)
    {
        foreach (string line in Encoding.ASCII.GetString(head).Split("\r\n"))
        {
            if (line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase))
            {
                throw new IOException("The relay knows requests with a Content-Length only, which is what the AWS SDK sends.");
            }

            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                return long.Parse(line.AsSpan("Content-Length:".Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
