using System.Diagnostics;
using System.Globalization;
using System.Text;
using Amazon.Lambda.Core;
using Amazon.S3;
using WarmContext;
using WarmContext.Lambda;

namespace FirstCallFunction;

/// <summary>Answers how long its S3 call took, in milliseconds.</summary>
public sealed class FirstCall
{
    private readonly WarmHandler _handler = new();
    private readonly Warm<IAmazonS3> _s3 = new(static () => new AmazonS3Client());

    public FirstCall()
    {
        if (Environment.GetEnvironmentVariable("WARM_UP") == "on")
        {
            // Compiles the client's path, resolves credentials, and leaves a connection with its TLS session in the pool.
            new WarmUp().Prime("first S3 call", CallAsync).Run();
        }
    }

    public Task<Stream> HandleAsync(Stream input, ILambdaContext context) => _handler.RunAsync(input, context, async (_, invocation) =>
    {
        var begun = Stopwatch.GetTimestamp();
        await CallAsync(invocation.DeadlineToken);
        return (Stream)new MemoryStream(Encoding.UTF8.GetBytes(
            Stopwatch.GetElapsedTime(begun).TotalMilliseconds.ToString(CultureInfo.InvariantCulture)));
    });

    private Task CallAsync(CancellationToken cancellationToken) =>
        _s3.Value.GetObjectMetadataAsync(Environment.GetEnvironmentVariable("BUCKET"), "small", cancellationToken);
}
