using System.Net;
using System.Net.Sockets;

namespace WarmContext.LocalServices;

/// <summary>Ports for servers of a test's own.</summary>
public static class LoopbackPort
{
    /// <summary>
    /// A free port on loopback, below the range from which Linux takes the local ports of outgoing connections, so that none of them sits on it
    /// while a server restarts, and away from the shared servers' defaults.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 25_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }
}
