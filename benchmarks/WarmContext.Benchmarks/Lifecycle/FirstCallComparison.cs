using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.LocalServices;
using WarmContext.Relay;
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
        var directory = await InitComparison.PublishAsync("first-call", "jit");
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
        using var certificate = new ThrowAwayCertificate();
        var trusted = ScratchDirectory.Unused("warmcontext-relay-");
        certificate.WriteTo(trusted);
        await using var tls = new TlsEnd(new DnsEndPoint(server.Endpoint.Host, server.Endpoint.Port), certificate.Certificate);
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
                    ("AWS_ENDPOINT_URL_S3", $"https://127.0.0.1:{tls.EndPoint.Port}"),
                    ("SSL_CERT_FILE", trusted),
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
            File.Delete(trusted);
            await s3.DeleteObjectAsync(bucket, "small");
            await s3.DeleteBucketAsync(bucket);
        }
    }

    private static void Print(string name, List<double> first, List<double> second) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-16} call in the first invocation {Median(first),6:0.0} ms   in the second {Median(second),6:0.0} ms"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
