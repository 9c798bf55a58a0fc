using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace WarmContext.Lambda.AfterResponse;

/// <summary>
/// One HTTP call to an API of the execution environment, over a connection of its own: a kept connection may have been closed during a
/// freeze, and the request would have to be sent twice. It blocks; <see cref="Dispose"/> from another thread aborts it.
/// </summary>
internal sealed class LocalHttpCall(string address) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private byte[] _buffer = new byte[4096];
    private int _length;

    /// <exception cref="IOException">The API couldn't be reached, the connection broke, or what came isn't HTTP.</exception>
    public LocalHttpResponse Send(string method, string path, string header, string? body)
    {
        try
        {
            Connect();
            var length = body is null ? "0" : Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture);
            var content = body is null ? string.Empty : $"Content-Type: application/json\r\nContent-Length: {length}\r\n";
            var request = Encoding.UTF8.GetBytes(
                $"{method} {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: WarmContext\r\nConnection: close\r\n"
                    + $"{header}\r\n{content}\r\n{body}");
            for (var sent = 0; sent < request.Length;)
            {
                sent += _socket.Send(request, sent, request.Length - sent, SocketFlags.None);
            }

            return Receive();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException($"{method} {path} of {address} failed: {exception.Message}", exception);
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Connect()
    {
        var colon = address.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > ushort.MaxValue)
        {
            throw new IOException($"AWS_LAMBDA_RUNTIME_API is '{address}', which is not a host and a port.");
        }

        _socket.NoDelay = true;
        _socket.Connect(address[..colon], port);
    }

    private LocalHttpResponse Receive()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            ReceiveMore();
        }

        var headers = Encoding.Latin1.GetString(_buffer, 0, end).Split("\r\n");
        var words = headers[0].Split(' ');
        if (words.Length < 2 || !words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new IOException($"{address} answered '{headers[0]}', which is not HTTP.");
        }

        var response = new LocalHttpResponse(status, headers, default);
        return new LocalHttpResponse(status, headers, Body(response, end + 4));
    }

    private ReadOnlyMemory<byte> Body(LocalHttpResponse response, int begin)
    {
        if (string.Equals(response.Header("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase))
        {
            return Chunks(begin);
        }

        if (!int.TryParse(response.Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            // Without a length the body ends with the connection.
            while (TryReceiveMore())
            {
            }

            return _buffer.AsMemory(begin, _length - begin);
        }

        while (_length - begin < length)
        {
            ReceiveMore();
        }

        return _buffer.AsMemory(begin, length);
    }

    private byte[] Chunks(int begin)
    {
        using var body = new MemoryStream();
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(begin, _length - begin).IndexOf("\r\n"u8)) < 0)
            {
                ReceiveMore();
            }

            var text = Encoding.Latin1.GetString(_buffer, begin, line).Split(';')[0].Trim();
            if (!int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) || size < 0)
            {
                throw new IOException($"{address} answered with a chunk of size '{text}'.");
            }

            if (size == 0)
            {
                return body.ToArray();
            }

            begin += line + 2;
            while (_length < begin + size + 2)
            {
                ReceiveMore();
            }

            body.Write(_buffer, begin, size);
            begin += size + 2;
        }
    }

    private void ReceiveMore()
    {
        if (!TryReceiveMore())
        {
            throw new IOException($"{address} closed the connection before its answer was complete.");
        }
    }

    private bool TryReceiveMore()
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _length * 2);
        }

        var received = _socket.Receive(_buffer, _length, _buffer.Length - _length, SocketFlags.None);
        _length += received;
        return received > 0;
    }
}
