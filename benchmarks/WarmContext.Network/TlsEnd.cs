using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace WarmContext.Network;

/// <summary>Speaks TLS for a server on loopback that doesn't. A relay in front of it gives the handshake its distance.</summary>
public sealed class TlsEnd : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly EndPoint _server;
    private readonly SslServerAuthenticationOptions _options;
    private readonly Task _accepting;

    /// <summary>Starts listening on a free port of loopback.</summary>
    /// <param name="server">The server to speak for.</param>
    /// <param name="certificate">With its private key, such as that of a <see cref="ThrowAwayCertificate"/>.</param>
    public TlsEnd(EndPoint server, X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(server);
        _server = server;
        _options = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null) };
        _listener.Start(512);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_stopping.Token);
            _ = Task.Run(() => ServeAsync(client, _stopping.Token));
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        client.NoDelay = true;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await using var secured = new SslStream(new NetworkStream(client, ownsSocket: true));
        try
        {
            await secured.AuthenticateAsServerAsync(_options, stopping);
            await server.ConnectAsync(_server, stopping);
            await using var plain = new NetworkStream(server);

            // Whichever side ends first, the other has nobody to talk to any more.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var up = secured.CopyToAsync(plain, either.Token);
            var down = plain.CopyToAsync(secured, either.Token);
            await Task.WhenAny(up, down);
            await either.CancelAsync();
            await Task.WhenAll(up, down);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // A closed connection, which is how serving ends.
        }
    }
}
