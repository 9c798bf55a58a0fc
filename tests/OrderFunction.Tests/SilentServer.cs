using System.Net;
using System.Net.Sockets;

namespace OrderFunction.Tests;

/// <summary>Takes connections and never says a word, as a host does whose packets are dropped after the handshake.</summary>
internal sealed class SilentServer : IDisposable
{
    // The backlog takes the connections; nobody accepts them.
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentServer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();
}
