using System.Runtime.InteropServices;

namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>
/// The few calls of the C library that talk to the Runtime API. System.Net.Sockets would nearly double the start of the process (measured:
/// 16 ms without, 31 ms with it), and the start of a function is what this environment is there to show.
/// </summary>
internal static unsafe partial class LibC
{
    // With its version, it is found at once, by glibc and musl; without, four other names are tried first, of which one is a text file.
    private const string Name = "libc.so.6";

    public const int AddressFamilyInternet = 2;
    public const int SocketTypeStream = 1;
    public const int CloseOnExec = 0x80000;
    public const int ProtocolTcp = 6;
    public const int TcpNoDelay = 1;
    public const int NoSignal = 0x4000;
    public const int Interrupted = 4;

    [LibraryImport(Name, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, byte* address, uint length);

    [LibraryImport(Name, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int socket, int level, int name, int* value, uint length);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* data, nint length, int flags);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* data, nint length, int flags);
}
