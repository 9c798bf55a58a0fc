using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>One kept-open HTTP/1.1 connection to the Runtime API, blocking and used by one thread: a request out, its answer in.</summary>
internal sealed unsafe class RuntimeApiConnection
{
    private readonly int _socket;
    private readonly string _hostAndPort;
    private byte[] _received = new byte[16 * 1024];
    private int _start;
    private int _end;

    public RuntimeApiConnection(string hostAndPort)
    {
        _hostAndPort = hostAndPort;
        var separator = hostAndPort.LastIndexOf(':');
        if (separator <= 0 || !ushort.TryParse(hostAndPort.AsSpan(separator + 1), out var port)
            || !TryParseAddress(hostAndPort.AsSpan(0, separator), out var address))
        {
            throw new RuntimeApiException(
                $"AWS_LAMBDA_RUNTIME_API is '{hostAndPort}'; it must be an IPv4 address and a port, like 127.0.0.1:9001.");
        }

        _socket = LibC.Socket(LibC.AddressFamilyInternet, LibC.SocketTypeStream | LibC.CloseOnExec, LibC.ProtocolTcp);
        var one = 1;
        Check(_socket, "create a socket for");
        Check(LibC.SetSocketOption(_socket, LibC.ProtocolTcp, LibC.TcpNoDelay, &one, sizeof(int)), "configure the socket for");

        // struct sockaddr_in: family in host order, port and address in network order, padded to 16 bytes.
        var socketAddress = stackalloc byte[16];
        new Span<byte>(socketAddress, 16).Clear();
        *(ushort*)socketAddress = LibC.AddressFamilyInternet;
        *(ushort*)(socketAddress + 2) = BinaryPrimitives.ReverseEndianness(port);
        *(uint*)(socketAddress + 4) = address;
        Check(LibC.Connect(_socket, socketAddress, 16), "connect to");
    }

    public RuntimeApiAnswer Get(string path) => Exchange("GET", $"GET {path} HTTP/1.1\r\nHost: {_hostAndPort}\r\n\r\n", default);

    public RuntimeApiAnswer Post(string path, string contentType, ReadOnlySpan<byte> body, string? errorType = null)
    {
        var error = errorType is null ? string.Empty : $"Lambda-Runtime-Function-Error-Type: {errorType}\r\n";
        return Exchange(
            "POST",
            $"POST {path} HTTP/1.1\r\nHost: {_hostAndPort}\r\nContent-Type: {contentType}\r\n{error}Content-Length: {body.Length}\r\n\r\n",
            body);
    }

    /// <summary>
    /// Begins a request whose body comes in chunks. It isn't counted: Lambda's own runtime streams without an HttpClient.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="headers">More headers, a line each.</param>
    public void BeginChunks(string path, string headers)
    {
        SendAll(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {_hostAndPort}\r\n{headers}Transfer-Encoding: chunked\r\n\r\n"));
    }

    public void SendChunk(ReadOnlySpan<byte> bytes) =>
        SendAll([.. Encoding.ASCII.GetBytes($"{bytes.Length:X}\r\n"), .. bytes, .. "\r\n"u8]);

    /// <summary>Ends it, with trailers, a line each.</summary>
    public RuntimeApiAnswer EndChunks(string trailers)
    {
        SendAll(Encoding.ASCII.GetBytes($"0\r\n{trailers}\r\n"));
        return Receive();
    }

    private static bool TryParseAddress(ReadOnlySpan<char> text, out uint address)
    {
        if (text is "localhost")
        {
            text = "127.0.0.1";
        }

        address = 0;
        for (var i = 0; i < 4; i++)
        {
            var dot = text.IndexOf('.');
            if (dot < 0 != (i == 3)
                || !byte.TryParse(dot < 0 ? text : text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var part))
            {
                return false;
            }

            address |= (uint)part << (8 * i);
            text = text[(dot + 1)..];
        }

        return true;
    }

    private RuntimeApiAnswer Exchange(string method, string head, ReadOnlySpan<byte> body)
    {
        var message = new byte[Encoding.ASCII.GetByteCount(head) + body.Length];
        var headLength = Encoding.ASCII.GetBytes(head, message);
        body.CopyTo(message.AsSpan(headLength));
        RequestMeter.Begin(_hostAndPort, method);
        SendAll(message);
        var answer = Receive();
        RequestMeter.End(_hostAndPort, method);
        return answer;
    }

    private void SendAll(ReadOnlySpan<byte> message)
    {
        fixed (byte* data = message)
        {
            nint sent = 0;
            while (sent < message.Length)
            {
                var count = LibC.Send(_socket, data + sent, message.Length - sent, LibC.NoSignal);
                if (count < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted)
                {
                    continue;
                }

                Check((int)Math.Min(count, int.MaxValue), "send to");
                sent += count;
            }
        }
    }

    private RuntimeApiAnswer Receive()
    {
        int headEnd;
        while ((headEnd = _received.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            ReceiveMore();
        }

        var head = _received.AsSpan(_start, headEnd);
        var lineEnd = head.IndexOf("\r\n"u8);
        var statusLine = lineEnd < 0 ? head : head[..lineEnd];
        if (statusLine.Length < 12 || !Utf8Parser.TryParse(statusLine.Slice(9, 3), out int status, out _))
        {
            throw new RuntimeApiException(
                $"The Runtime API at {_hostAndPort} answered with something that isn't HTTP/1.1: {Encoding.ASCII.GetString(statusLine)}");
        }

        var headers = new List<KeyValuePair<string, string>>(10);
        var length = 0;
        for (var rest = lineEnd < 0 ? [] : head[(lineEnd + 2)..]; rest.Length > 0;)
        {
            lineEnd = rest.IndexOf("\r\n"u8);
            var line = lineEnd < 0 ? rest : rest[..lineEnd];
            rest = lineEnd < 0 ? [] : rest[(lineEnd + 2)..];
            var colon = line.IndexOf((byte)':');
            var name = Encoding.ASCII.GetString(line[..Math.Max(0, colon)]);
            var value = Encoding.UTF8.GetString(line[(colon + 1)..]).Trim();
            headers.Add(new(name, value));
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(value, CultureInfo.InvariantCulture);
            }
        }

        _start += headEnd + 4;
        var body = new byte[length];
        ReceiveBody(body);
        return new RuntimeApiAnswer(status, headers, body);
    }

    private void ReceiveBody(Span<byte> body)
    {
        var buffered = Math.Min(body.Length, _end - _start);
        _received.AsSpan(_start, buffered).CopyTo(body);
        _start += buffered;
        for (body = body[buffered..]; body.Length > 0;)
        {
            fixed (byte* data = body)
            {
                body = body[ReceiveSome(data, body.Length)..];
            }
        }

        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    private void ReceiveMore()
    {
        if (_end == _received.Length)
        {
            Array.Resize(ref _received, _received.Length * 2);
        }

        fixed (byte* data = &_received[_end])
        {
            _end += ReceiveSome(data, _received.Length - _end);
        }
    }

    private int ReceiveSome(byte* data, int length)
    {
        while (true)
        {
            var count = LibC.Receive(_socket, data, length, 0);
            if (count > 0)
            {
                return (int)count;
            }

            if (count == 0)
            {
                throw new RuntimeApiException($"The Runtime API at {_hostAndPort} closed the connection.");
            }

            if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
            {
                Check(-1, "receive from");
            }
        }
    }

    private void Check(int result, string action)
    {
        if (result < 0)
        {
            throw new RuntimeApiException(
                $"Can't {action} the Runtime API at {_hostAndPort}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }
    }
}
