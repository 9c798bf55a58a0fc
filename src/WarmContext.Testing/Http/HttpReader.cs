using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace WarmContext.Testing.Http;

/// <summary>Reads requests from a socket.</summary>
/// <param name="socket">The socket.</param>
/// <param name="maxBody">How much of a request's body to keep.</param>
/// <param name="headRead">Called with a request before its body is read.</param>
internal sealed class HttpReader(Socket socket, Func<HttpRequest, int> maxBody, Action<HttpRequest> headRead)
{
    // Of a head, of one line, and of all trailers together, in bytes.
    private const int MaxHead = 64 * 1024;

    // Kestrel's limit is 100, for heads alone.
    private const int MaxFields = 200;

    private static readonly byte[] s_continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private byte[] _buffer = new byte[8 * 1024];
    private int _start;
    private int _end;
    private Task<bool>? _waiting;

    /// <summary>Reads the next request; null when the sender has closed the connection.</summary>
    /// <exception cref="HttpProtocolException">It isn't HTTP.</exception>
    public async ValueTask<HttpRequest?> ReadRequestAsync()
    {
        if (_waiting is { IsCompletedSuccessfully: true, Result: true })
        {
            _waiting = null;
        }

        int headLength;
        while ((headLength = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_end - _start >= MaxHead)
            {
                throw new HttpProtocolException($"The request's head is longer than {MaxHead} bytes.");
            }

            if (!await WaitForMoreAsync().ConfigureAwait(false))
            {
                return null;
            }

            _waiting = null;
        }

        var request = ParseHead(_buffer.AsSpan(_start, headLength));
        _start += headLength + 4;
        headRead(request);
        await ReadBodyAsync(request).ConfigureAwait(false);
        return request;
    }

    /// <summary>
    /// Waits until more has been received; false when the sender has closed the connection. Asked again before it is used, gives the same
    /// answer.
    /// </summary>
    public Task<bool> WaitForMoreAsync() => _waiting ??= ReceiveAsync();

    private static HttpRequest ParseHead(ReadOnlySpan<byte> head)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        var line = lineEnd < 0 ? head : head[..lineEnd];
        var firstSpace = line.IndexOf((byte)' ');
        var lastSpace = line.LastIndexOf((byte)' ');
        if (firstSpace <= 0 || lastSpace <= firstSpace || !line[(lastSpace + 1)..].StartsWith("HTTP/1."u8))
        {
            throw new HttpProtocolException("The request line is not that of HTTP/1.1.");
        }

        var target = line[(firstSpace + 1)..lastSpace];
        var query = target.IndexOf((byte)'?');
        var headers = new List<KeyValuePair<string, string>>(8);
        ParseFields(lineEnd < 0 ? [] : head[(lineEnd + 2)..], headers);
        return new HttpRequest(
            Encoding.Latin1.GetString(line[..firstSpace]), Encoding.Latin1.GetString(query < 0 ? target : target[..query]), headers);
    }

    private static void ParseFields(ReadOnlySpan<byte> lines, List<KeyValuePair<string, string>> fields)
    {
        while (lines.Length > 0)
        {
            var lineEnd = lines.IndexOf("\r\n"u8);
            var line = lineEnd < 0 ? lines : lines[..lineEnd];
            lines = lineEnd < 0 ? [] : lines[(lineEnd + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                throw new HttpProtocolException("A header line has no name.");
            }

            if (fields.Count == MaxFields)
            {
                throw new HttpProtocolException($"The request has more than {MaxFields} header lines, or trailers.");
            }

            fields.Add(new(Encoding.Latin1.GetString(line[..colon]), Encoding.UTF8.GetString(line[(colon + 1)..]).Trim()));
        }
    }

    private async ValueTask ReadBodyAsync(HttpRequest request)
    {
        var chunked = request.Header("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;
        long length = 0;
        if (!chunked && request.Header("Content-Length") is { } text
            && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length))
        {
            throw new HttpProtocolException($"Content-Length is '{text}'; it must be a whole number.");
        }

        if ((chunked || length > 0) && string.Equals(request.Header("Expect"), "100-continue", StringComparison.OrdinalIgnoreCase))
        {
            await socket.SendAsync(s_continue).ConfigureAwait(false);
        }

        if (chunked)
        {
            await ReadChunksAsync(request).ConfigureAwait(false);
        }
        else if (length > 0)
        {
            var body = new BodyBuffer(maxBody(request), length);
            request.IsTruncated = !await ReadIntoAsync(body, length, request.BodyReceived).ConfigureAwait(false);
            body.Finish(request);
        }
    }

    private async ValueTask ReadChunksAsync(HttpRequest request)
    {
        var body = new BodyBuffer(maxBody(request), 0);
        while (true)
        {
            var line = await ReadLineAsync().ConfigureAwait(false);
            if (line is null)
            {
                request.IsTruncated = true;
                break;
            }

            if (!Utf8Parser.TryParse(line, out int size, out _, 'x') || size < 0)
            {
                throw new HttpProtocolException("A chunk has no size.");
            }

            if (size == 0)
            {
                request.IsTruncated = !await ReadTrailersAsync(request).ConfigureAwait(false);
                break;
            }

            if (!await ReadIntoAsync(body, size, request.BodyReceived).ConfigureAwait(false)
                || await ReadLineAsync().ConfigureAwait(false) is null)
            {
                request.IsTruncated = true;
                break;
            }
        }

        body.Finish(request);
    }

    private async ValueTask<bool> ReadTrailersAsync(HttpRequest request)
    {
        var length = 0;
        while (await ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                return true;
            }

            length += line.Length;
            if (length > MaxHead)
            {
                throw new HttpProtocolException($"The trailers are longer than {MaxHead} bytes.");
            }

            ParseFields(line, request.Trailers);
        }

        return false;
    }

    private async ValueTask<byte[]?> ReadLineAsync()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            if (_end - _start >= MaxHead)
            {
                throw new HttpProtocolException($"A line is longer than {MaxHead} bytes.");
            }

            if (!await ReceiveAsync().ConfigureAwait(false))
            {
                return null;
            }
        }

        var line = _buffer.AsSpan(_start, length).ToArray();
        _start += length + 2;
        return line;
    }

    private async ValueTask<bool> ReadIntoAsync(BodyBuffer body, long count, Func<ReadOnlyMemory<byte>, ValueTask>? received)
    {
        while (count > 0)
        {
            if (_start == _end && !await ReceiveAsync().ConfigureAwait(false))
            {
                return false;
            }

            var taken = (int)Math.Min(count, _end - _start);
            body.Append(_buffer.AsSpan(_start, taken));
            if (received is not null)
            {
                await received(_buffer.AsMemory(_start, taken)).ConfigureAwait(false);
            }

            _start += taken;
            count -= taken;
        }

        return true;
    }

    private async Task<bool> ReceiveAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            if (_start == 0)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        try
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
            _end += received;
            return received > 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // A killed process resets its connections.
            return false;
        }
    }
}
