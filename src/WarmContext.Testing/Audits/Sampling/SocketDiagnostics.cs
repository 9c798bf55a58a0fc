using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>
/// Asks the kernel for its TCP sockets over netlink (sock_diag(7)): in one exchange all that /proc/net/tcp has, and how many bytes went
/// over each. Reading needs no privilege; ending a connection needs CAP_NET_ADMIN.
/// </summary>
internal static unsafe partial class SocketDiagnostics
{
    private const int FamilyInternet = 2;
    private const int FamilyInternet6 = 10;
    private const int FamilyNetlink = 16;
    private const int SocketTypeRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const int ProtocolSocketDiagnostics = 4;
    private const int ProtocolTcp = 6;
    private const ushort ByFamily = 20;
    private const ushort Destroy = 21;
    private const ushort MessageError = 2;
    private const ushort MessageDone = 3;
    private const ushort FlagsRequestAcknowledge = 0x5;
    private const ushort FlagsRequestDump = 0x301;
    private const int HeaderLength = 16;
    private const int RequestLength = 56;
    private const int AnswerLength = 72;
    private const ushort AttributeInfo = 2;

    // Of struct tcp_info (linux/tcp.h).
    private const int OffsetBytesReceived = 128;
    private const int OffsetBytesSent = 200;

    // Neither listening nor in TIME_WAIT: those belong to no process.
    private const uint ConnectedStates = 0xFFF & ~(1u << (int)TcpState.Listen) & ~(1u << (int)TcpState.TimeWait);

    /// <summary>All connections of this network namespace; null when the kernel doesn't say.</summary>
    public static List<TcpSocket>? TryRead()
    {
        var socket = Socket(FamilyNetlink, SocketTypeRaw | CloseOnExec, ProtocolSocketDiagnostics);
        if (socket < 0)
        {
            return null;
        }

        try
        {
            var found = new List<TcpSocket>();
            return TryDump(socket, FamilyInternet, found) && TryDump(socket, FamilyInternet6, found) ? found : null;
        }
        finally
        {
            _ = Close(socket);
        }
    }

    /// <summary>Ends a connection at this end: whoever uses it gets ECONNABORTED, the peer a reset.</summary>
    /// <returns>False when that isn't permitted or possible.</returns>
    public static bool TryDestroy(TcpSocket connection)
    {
        var socket = Socket(FamilyNetlink, SocketTypeRaw | CloseOnExec, ProtocolSocketDiagnostics);
        if (socket < 0)
        {
            return false;
        }

        try
        {
            Span<byte> message = stackalloc byte[HeaderLength + RequestLength];
            var isInternet6 = connection.Local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            WriteRequest(message, Destroy, FlagsRequestAcknowledge, isInternet6 ? FamilyInternet6 : FamilyInternet);
            var id = message[(HeaderLength + 8)..];
            BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)connection.Local.Port);
            BinaryPrimitives.WriteUInt16BigEndian(id[2..], (ushort)connection.Remote.Port);
            connection.Local.Address.TryWriteBytes(id[4..], out _);
            connection.Remote.Address.TryWriteBytes(id[20..], out _);
            MemoryMarshal.Write(id[40..], connection.Cookie);
            Span<byte> answer = stackalloc byte[1024];
            return Send(socket, message) && Receive(socket, answer) >= HeaderLength + 4
                && MemoryMarshal.Read<ushort>(answer[4..]) == MessageError && MemoryMarshal.Read<int>(answer[HeaderLength..]) == 0;
        }
        finally
        {
            _ = Close(socket);
        }
    }

    private static bool TryDump(int socket, int family, List<TcpSocket> found)
    {
        Span<byte> request = stackalloc byte[HeaderLength + RequestLength];
        WriteRequest(request, ByFamily, FlagsRequestDump, family);
        if (!Send(socket, request))
        {
            return false;
        }

        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = Receive(socket, buffer);
            if (length < HeaderLength)
            {
                return false;
            }

            for (var rest = buffer.AsSpan(0, length); rest.Length >= HeaderLength;)
            {
                var messageLength = MemoryMarshal.Read<int>(rest);
                switch (MemoryMarshal.Read<ushort>(rest[4..]))
                {
                    case MessageDone:
                        return true;
                    case MessageError:
                        // A kernel without this family answers ENOENT; there is nothing to find then.
                        return family == FamilyInternet6;
                    case ByFamily:
                        found.Add(Parse(rest[HeaderLength..messageLength]));
                        break;
                }

                rest = rest[Math.Min(rest.Length, (messageLength + 3) & ~3)..];
            }
        }
    }

    private static void WriteRequest(Span<byte> message, ushort type, ushort flags, int family)
    {
        message.Clear();
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message[4..], type);
        MemoryMarshal.Write(message[6..], flags);
        var request = message[HeaderLength..];
        request[0] = (byte)family;
        request[1] = ProtocolTcp;
        request[2] = 1 << (AttributeInfo - 1);
        MemoryMarshal.Write(request[4..], ConnectedStates);
    }

    private static TcpSocket Parse(ReadOnlySpan<byte> message)
    {
        var addressLength = message[0] == FamilyInternet6 ? 16 : 4;
        var id = message[4..];
        var local = new IPEndPoint(new IPAddress(id.Slice(4, addressLength)), BinaryPrimitives.ReadUInt16BigEndian(id));
        var remote = new IPEndPoint(new IPAddress(id.Slice(20, addressLength)), BinaryPrimitives.ReadUInt16BigEndian(id[2..]));
        long sent = 0;
        long received = 0;
        for (var rest = message[AnswerLength..]; rest.Length >= 4;)
        {
            var length = MemoryMarshal.Read<ushort>(rest);
            var info = rest[4..Math.Max(4, (int)length)];
            if (MemoryMarshal.Read<ushort>(rest[2..]) == AttributeInfo && info.Length >= OffsetBytesReceived + 8)
            {
                received = MemoryMarshal.Read<long>(info[OffsetBytesReceived..]);
                sent = info.Length >= OffsetBytesSent + 8 ? MemoryMarshal.Read<long>(info[OffsetBytesSent..]) : 0;
            }

            rest = rest[Math.Min(rest.Length, (Math.Max(4, (int)length) + 3) & ~3)..];
        }

        return new TcpSocket(
            MemoryMarshal.Read<uint>(message[(AnswerLength - 4)..]),
            MemoryMarshal.Read<ulong>(id[40..]),
            (TcpState)message[1],
            local,
            remote,
            sent,
            received);
    }

    private static bool Send(int socket, ReadOnlySpan<byte> message)
    {
        fixed (byte* data = message)
        {
            return Send(socket, data, message.Length, 0) == message.Length;
        }
    }

    private static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            return (int)Receive(socket, data, buffer.Length, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int socket);
}
