using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using WarmContext.LocalServices;
using WarmContext.S3;

namespace WarmContext.Report.Experiments;

/// <summary>What a new process measures: things that are only new once.</summary>
internal static class ProbeCommands
{
    /// <summary>The command under which the program is started again.</summary>
    public const string Name = "probe";

    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["s3-client", var bucket, var key]:
                await S3ClientAsync(bucket, key);
                return 0;
            case ["download", var way, var bucket, var key, var directory]:
                await DownloadAsync(way, bucket, key, directory);
                return 0;
            default:
                await Console.Error.WriteLineAsync($"{Name} is for the report's own use.");
                return 2;
        }
    }

    private static async Task S3ClientAsync(string bucket, string key)
    {
        var server = await LocalS3.GetAsync();
        var start = Stopwatch.GetTimestamp();
        using var client = Client(server);
        Write("first-construction", start);
        start = Stopwatch.GetTimestamp();
        using (Client(server))
        {
            Write("second-construction", start);
        }

        foreach (var call in new[] { "first-call", "second-call" })
        {
            start = Stopwatch.GetTimestamp();
            await GetAsync(client, bucket, key);
            Write(call, start);
        }

        var times = new double[200];
        for (var i = 0; i < times.Length; i++)
        {
            start = Stopwatch.GetTimestamp();
            await GetAsync(client, bucket, key);
            times[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }

        Write("steady-call", Statistics.Samples.Median(times[^100..]));
    }

    private static async Task DownloadAsync(string way, string bucket, string key, string directory)
    {
        using var client = Client(await LocalS3.GetAsync());
        using var stop = new CancellationTokenSource();
        long peak = 0;
        var watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (way == "cache")
        {
            using var file = await new S3FileCache(client, new S3FileCacheOptions { Directory = directory }).GetAsync(bucket, key);
        }
        else
        {
            using var response = await client.GetObjectAsync(bucket, key);
            await using var file = File.Create(Path.Combine(directory, "destination"));
            await response.ResponseStream.CopyToAsync(file);
        }

        await stop.CancelAsync();
        await watching;
        Write("peak", (double)peak);

        // What lives and what waits for collection: both take the function's memory.
        void Watch()
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
                Thread.Sleep(1);
            }
        }
    }

    private static async Task GetAsync(AmazonS3Client client, string bucket, string key)
    {
        using var response = await client.GetObjectAsync(bucket, key);
        await response.ResponseStream.CopyToAsync(Stream.Null);
    }

    private static AmazonS3Client Client(S3Server server) => new(
        new BasicAWSCredentials(server.AccessKey, server.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = server.Endpoint.ToString(),
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        });

    private static void Write(string name, long start) => Write(name, Stopwatch.GetElapsedTime(start).TotalNanoseconds);

    private static void Write(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={value:0}"));
}
