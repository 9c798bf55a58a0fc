namespace WarmContext.Testing.Audits.Sampling;

/// <summary>The states of Linux's TCP sockets, by the kernel's numbers.</summary>
internal enum TcpState
{
    None = 0,
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}
