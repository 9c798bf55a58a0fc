using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.LocalServices;

/// <summary>Ports for servers of a test's own.</summary>
public static class LoopbackPort
{
    // Files that are locked for as long as this process lives: one for each port it was given.
    private static readonly ConcurrentBag<FileStream> s_held = [];

    /// <summary>
    /// A free port on loopback. It is below the range from which Linux takes the local ports of outgoing connections, so that none of them
    /// sits on it while a server restarts, and away from the shared servers' defaults. No other process is given it: seconds may pass
    /// until a server takes it.
    /// </summary>
    public static int Free()
    {
        var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"warmcontext-ports-{Environment.UserName}"));
        while (true)
        {
            var port = Random.Shared.Next(20_000, 25_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                var hold = new FileStream(
                    Path.Combine(directory.FullName, port.ToString(CultureInfo.InvariantCulture)),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None);
                s_held.Add(hold);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // Taken, or about to be: try another.
            }
        }
    }
}
