using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WarmContext.Relay;

/// <summary>A self-signed certificate for 127.0.0.1 that lives as long as the object.</summary>
public sealed class ThrowAwayCertificate : IDisposable
{
    /// <summary>Makes one; takes some milliseconds.</summary>
    public ThrowAwayCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    /// <summary>The certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Writes the certificate alone as PEM, for a client that reads its trusted roots from a file (SSL_CERT_FILE).</summary>
    public void WriteTo(string file) => File.WriteAllText(file, Certificate.ExportCertificatePem());

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();
}
