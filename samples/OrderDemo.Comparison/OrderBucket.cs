using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Util;
using OrderFunction.Contracts;
using WarmContext.LocalServices;

namespace OrderDemo;

/// <summary>A bucket for one form: the price model is read from it, audit records are written to it.</summary>
public sealed class OrderBucket : IAsyncDisposable
{
    public const string ModelKey = "prices/model.json";

    /// <summary>Products in the model; its file is then about half a megabyte.</summary>
    public const int Products = 20_000;

    private readonly AmazonS3Client _client;

    private OrderBucket(S3Server server, string name, TimeSpan latency)
    {
        Name = name;
        Server = server;
        Relay = new CountingRelay(server.Endpoint, latency);
        _client = new AmazonS3Client(
            new BasicAWSCredentials(server.AccessKey, server.SecretKey),
            new AmazonS3Config
            {
                ServiceURL = server.Endpoint.ToString(),
                ForcePathStyle = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            });
    }

    public string Name { get; }

    /// <summary>The way by which the function reaches S3.</summary>
    public CountingRelay Relay { get; }

    public S3Server Server { get; }

    public static async Task<OrderBucket> CreateAsync(string name, TimeSpan latency, CancellationToken cancellationToken)
    {
        var bucket = new OrderBucket(await LocalS3.GetAsync(cancellationToken), name, latency);
        await bucket._client.PutBucketAsync(name, cancellationToken);
        await bucket.PutModelAsync(version: 1, cancellationToken);
        return bucket;
    }

    public static string Product(int number) => string.Create(CultureInfo.InvariantCulture, $"product-{number:D5}");

    /// <summary>Writes another version of the model, in which everything costs a cent more.</summary>
    public Task PutModelAsync(int version, CancellationToken cancellationToken)
    {
        var model = new PriceModel
        {
            Version = version,
            Prices = Enumerable.Range(0, Products).ToDictionary(Product, number => 5m + (number % 1000 / 100m) + (version / 100m)),
        };
        return PutAsync(ModelKey, JsonSerializer.Serialize(model, OrderJson.Default.PriceModel), cancellationToken);
    }

    public Task PutAsync(string key, string content, CancellationToken cancellationToken) =>
        _client.PutObjectAsync(new PutObjectRequest { BucketName = Name, Key = key, ContentBody = content }, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => _client.DeleteObjectAsync(Name, key, cancellationToken);

    /// <summary>The audit records that have arrived.</summary>
    public async Task<long> AuditRecordsAsync(CancellationToken cancellationToken)
    {
        long records = 0;
        var request = new ListObjectsV2Request { BucketName = Name, Prefix = "audit/" };
        await foreach (S3Object _ in _client.Paginators.ListObjectsV2(request).S3Objects.WithCancellation(cancellationToken))
        {
            records++;
        }

        return records;
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await AmazonS3Util.DeleteS3BucketWithObjectsAsync(_client, Name);
        _client.Dispose();
    }
}
