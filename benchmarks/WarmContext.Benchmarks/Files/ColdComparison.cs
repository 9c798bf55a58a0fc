using System.Net;
using WarmContext.Benchmarks.Turns;
using WarmContext.Files;
using WarmContext.Relay;

namespace WarmContext.Benchmarks.Files;

/// <summary>How long does a large object take from S3 to the disk, beside the SDK's own ways, turn by turn?</summary>
internal static class ColdComparison
{
    private const long Length = 256 * 1024 * 1024;
    private const long ConnectionBytesPerSecond = 85_000_000;

    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(20);

    /// <summary>Nothing in the way: all that counts is processor time, of the server's too.</summary>
    public static async Task RunUnthrottledAsync(int rounds, bool allSettings)
    {
        foreach (var kind in new[]
        {
            "uploaded at once: its CRC-64/NVME comes with it, as from Amazon S3", "uploaded at once: verified by its MD5",
            "uploaded in parts: nothing to verify with",
        })
        {
            using var bucket = await BenchmarkBucket.CreateAsync(Length, multipart: kind.Contains("parts", StringComparison.Ordinal));
            using var client = kind.Contains("CRC", StringComparison.Ordinal) ? bucket.CreateChecksumClient(Length)
                : bucket.CreateClient(bucket.Endpoint);
            var ways = new ColdContenders(bucket, client);
            List<Contender> contenders = [ways.FileCache, ways.GetObject, ways.Download, ways.Part, ways.Range()];
            if (allSettings)
            {
                contenders.AddRange(
                    [ways.Range(2), ways.Range(4), ways.Range(4, 16), ways.Range(8, 16), ways.Range(16), ways.Range(4, 32)]);
            }

            await TurnTaking.CompareAsync($"256 MiB, {kind}", rounds, bucket.Clear, contenders);
        }
    }

    /// <summary>A connection carries 85 MB/s, and everything is 20 ms away.</summary>
    public static async Task RunThrottledAsync(int rounds)
    {
        foreach (var multipart in new[] { false, true })
        {
            using var bucket = await BenchmarkBucket.CreateAsync(Length, multipart);
            var server = new IPEndPoint(IPAddress.Loopback, bucket.Endpoint.Port);
            await using var relay = new TcpRelay(
                server, new TcpRelayOptions { RoundTrip = s_roundTrip, BytesPerSecondPerConnection = ConnectionBytesPerSecond });
            using var client = bucket.CreateClient(new Uri($"http://{relay.EndPoint}"));
            var ways = new ColdContenders(bucket, client);
            await TurnTaking.CompareAsync(
                $"256 MiB at 85 MB/s for each connection and 20 ms, {(multipart ? "uploaded in parts"
                    : "uploaded at once")}", rounds, bucket.Clear,
                [ways.GetObject, ways.FileCache, ways.Download, ways.Part, ways.Range()]);
        }
    }
}
