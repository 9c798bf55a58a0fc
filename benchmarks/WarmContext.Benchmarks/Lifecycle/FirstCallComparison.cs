using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.LocalServices;
using WarmContext.Testing;

namespace WarmContext.Benchmarks.Lifecycle;

/// <summary>
/// What does priming take off the first call of the AWS SDK: its compilation, its TLS handshake, its credentials? The same function with
/// and without it, in a new environment each time, against real S3 behind real TLS.
/// </summary>
internal static class FirstCallComparison
{
    public static async Task<int> RunAsync(string[] args)
    {
        var pairs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
        var directory = await InitComparison.PublishAsync("FirstCallFunction", "jit");
        var server = await LocalS3.GetAsync(CancellationToken.None);
        var bucket = "first-call-" + Guid.NewGuid().ToString("N");
        using var s3 = new AmazonS3Client(new BasicAWSCredentials(server.AccessKey, server.SecretKey), new AmazonS3Config
        {
            ServiceURL = server.Endpoint.ToString(),
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        });
        await s3.PutBucketAsync(bucket);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "small", ContentBody = "small" });
        using var tls = new TlsRelay(server.Endpoint);
        try
        {
            List<double> without = [], with = [], without2 = [], with2 = [];
            for (var i = 0; i < pairs; i++)
            {
                await MeasureAsync("off", without, without2);
                await MeasureAsync("on", with, with2);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first S3 call over TLS, medians of {pairs} environments each"));
            Print("without priming", without, without2);
            Print("primed in Init", with, with2);
            return 0;

            async Task MeasureAsync(string warmUp, List<double> first, List<double> second)
            {
                var options = new LocalFunctionOptions
                {
                    Handler = "FirstCallFunction::FirstCallFunction.FirstCall::HandleAsync",
                    AssemblyDirectory = directory,
                    MemoryMegabytes = 1769,
                };
                foreach (var (name, value) in new (string, string)[]
                {
                    ("WARM_UP", warmUp),
                    ("BUCKET", bucket),
                    ("AWS_ENDPOINT_URL_S3", tls.Endpoint.ToString()),
                    ("SSL_CERT_FILE", tls.CertificateFile),
                    ("AWS_ACCESS_KEY_ID", server.AccessKey),
                    ("AWS_SECRET_ACCESS_KEY", server.SecretKey),
                    ("AWS_SESSION_TOKEN", string.Empty),
                })
                {
                    options.Environment[name] = value;
                }

                await using var environment = await LocalExecutionEnvironment.StartAsync(options);
                first.Add(double.Parse((await environment.InvokeAsync()).EnsureSuccess().PayloadText, CultureInfo.InvariantCulture));
                second.Add(double.Parse((await environment.InvokeAsync()).EnsureSuccess().PayloadText, CultureInfo.InvariantCulture));
            }
        }
        finally
        {
            await s3.DeleteObjectAsync(bucket, "small");
            await s3.DeleteBucketAsync(bucket);
        }
    }

    private static void Print(string name, List<double> first, List<double> second) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-16} call in the first invocation {Median(first),6:0.0} ms   in the second {Median(second),6:0.0} ms"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>TLS in front of a server that has none, under a certificate of its own.</summary>
    private sealed class TlsRelay : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private readonly Uri _server;

        public TlsRelay(Uri server)
        {
            _server = server;
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            CertificateFile = ScratchDirectory.Unused("warmcontext-relay-");
            File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
            _listener.Start();
            Endpoint = new Uri($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
            _ = AcceptAsync();
        }

        public Uri Endpoint { get; }

        public string CertificateFile { get; }

        public void Dispose()
        {
            _listener.Stop();
            _certificate.Dispose();
            File.Delete(CertificateFile);
        }

        private async Task AcceptAsync()
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await _listener.AcceptTcpClientAsync();
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    return;
                }

                _ = RelayAsync(client);
            }
        }

        private async Task RelayAsync(TcpClient client)
        {
            try
            {
                using var from = client;
                from.NoDelay = true;
                await using var secure = new SslStream(from.GetStream());
                await secure.AuthenticateAsServerAsync(_certificate);
                using var to = new TcpClient { NoDelay = true };
                await to.ConnectAsync(_server.Host, _server.Port);
                await using var plain = to.GetStream();
                await Task.WhenAny(secure.CopyToAsync(plain), plain.CopyToAsync(secure));
            }
            catch (IOException)
            {
                // One side has gone: so does the other.
            }
        }
    }
}
