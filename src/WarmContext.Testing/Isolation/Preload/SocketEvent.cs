using System.Net;

namespace WarmContext.Testing.Isolation.Preload;

/// <summary>Something that happened to a socket of a function, as the preloaded library saw it.</summary>
/// <param name="Kind">What.</param>
/// <param name="LocalPort">The local port; 0 where it wasn't known yet.</param>
/// <param name="Remote">The remote end.</param>
/// <param name="BytesSent">What was sent over it in its life.</param>
/// <param name="BytesReceived">What was received over it in its life.</param>
internal sealed record SocketEvent(SocketEventKind Kind, int LocalPort, IPEndPoint Remote, long BytesSent, long BytesReceived);
