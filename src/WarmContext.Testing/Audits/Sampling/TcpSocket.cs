using System.Net;

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>A TCP socket as the kernel's table has it.</summary>
/// <param name="Inode">The number that a process's file descriptors know it by; 0 when no process has it any more.</param>
/// <param name="Cookie">The kernel's own number for it.</param>
/// <param name="State">The state.</param>
/// <param name="Local">The local end.</param>
/// <param name="Remote">The remote end.</param>
/// <param name="BytesSent">What was sent so far, without retransmissions; 0 where the kernel doesn't say.</param>
/// <param name="BytesReceived">What was received so far; 0 where the kernel doesn't say.</param>
internal sealed record TcpSocket(
    long Inode, ulong Cookie, TcpState State, IPEndPoint Local, IPEndPoint Remote, long BytesSent, long BytesReceived)
{
    /// <summary>True when the other side has closed it, or it was reset.</summary>
    public bool IsDead => State is TcpState.CloseWait or TcpState.LastAck or TcpState.Close or TcpState.Closing;
}
