using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace WarmContext.Relay;

/// <summary>Speaks TLS for a server on loopback that doesn't. A relay in front of it gives the handshake its distance.</summary>
public sealed class TlsEnd : IAsyncDisposable
{
    private readonly SslServerAuthenticationOptions _options;
    private readonly TcpRelay _relay;

    /// <summary>Starts listening on a free port of loopback.</summary>
    /// <param name="server">The server to speak for.</param>
    /// <param name="certificate">With its private key, such as that of a <see cref="ThrowAwayCertificate"/>.</param>
    public TlsEnd(EndPoint server, X509Certificate2 certificate)
    {
        _options = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null) };
        _relay = new TcpRelay(server, new TcpRelayOptions { Serve = ServeAsync });
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint => _relay.EndPoint;

    /// <summary>Closes every connection.</summary>
    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private async Task ServeAsync(RelayedConnection connection, CancellationToken stopping)
    {
        await using var secured = new SslStream(new NetworkStream(connection.Client));
        await secured.AuthenticateAsServerAsync(_options, stopping).ConfigureAwait(false);
        await using var plain = new NetworkStream(connection.Server);
        await Duplex.UntilEitherEndsAsync(end => secured.CopyToAsync(plain, end), end => plain.CopyToAsync(secured, end), stopping)
            .ConfigureAwait(false);
    }
}
