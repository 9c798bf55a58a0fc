using System.Globalization;
using System.Net;
using Npgsql;
using OrderDemo;
using OrderFunction.Contracts;
using WarmContext.LocalServices;
using WarmContext.Relay;
using WarmContext.Report.Catalog;
using WarmContext.Testing;

namespace WarmContext.Report.Experiments;

/// <summary>A database and an S3 gateway at the typical distance, both over TLS, for order functions in execution environments.</summary>
internal sealed class FunctionLab : IAsyncDisposable
{
    private readonly PrivatePostgres _cluster;
    private readonly TcpRelay _databaseRelay;
    private readonly ThrowAwayCertificate _certificate = new();
    private readonly TlsEnd _tls;
    private readonly TcpRelay _s3Relay;
    private readonly string _trusted;
    private readonly Dictionary<string, OrderBucket> _buckets = [];
    private int _orders;

    private FunctionLab(PrivatePostgres cluster, S3Server s3, string workDirectory)
    {
        var far = new TcpRelayOptions { RoundTrip = TimeSpan.FromMilliseconds(SavingCatalog.TypicalRoundTrip) };
        _cluster = cluster;
        _databaseRelay = new TcpRelay(new IPEndPoint(IPAddress.Loopback, cluster.Port), far);
        _tls = new TlsEnd(new IPEndPoint(IPAddress.Loopback, s3.Endpoint.Port), _certificate.Certificate);
        _s3Relay = new TcpRelay(_tls.EndPoint, far);
        _trusted = Path.Combine(workDirectory, $"{Guid.NewGuid():N}.crt");
        _certificate.WriteTo(_trusted);
    }

    public static async Task<FunctionLab> StartAsync(string workDirectory, CancellationToken cancellationToken)
    {
        var lab = new FunctionLab(
            await PrivatePostgres.StartAsync(cancellationToken), await LocalS3.GetAsync(cancellationToken), workDirectory);
        await using var connection = new NpgsqlConnection(lab._cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var schema = new NpgsqlCommand(OrderSchema.Sql, connection);
        await schema.ExecuteNonQueryAsync(cancellationToken);
        return lab;
    }

    /// <summary>A bucket for one form: its audit records are counted apart.</summary>
    public async Task<OrderBucket> BucketAsync(string name, CancellationToken cancellationToken)
    {
        if (!_buckets.TryGetValue(name, out var bucket))
        {
            _buckets[name] = bucket = await OrderBucket.CreateAsync(
                $"report-{name}-{Guid.NewGuid():N}"[..40].TrimEnd('-'), TimeSpan.Zero, cancellationToken);
        }

        return bucket;
    }

    public async Task<LocalExecutionEnvironment> StartAsync(
        FunctionForm form, string bucket, int memory, bool freezes, CancellationToken cancellationToken, bool warmUp = true)
    {
        var variables = FunctionVariables.For(
            _cluster.For(_databaseRelay.EndPoint.Port),
            new UriBuilder(Uri.UriSchemeHttps, "127.0.0.1", _s3Relay.EndPoint.Port).Uri,
            await BucketAsync(bucket, cancellationToken),
            TimeSpan.FromMinutes(1));

        // What the certificate of the gateway's relay is checked against.
        variables["SSL_CERT_FILE"] = _trusted;
        variables["WARM_UP"] = warmUp ? "on" : "off";
        return await LocalExecutionEnvironment.StartAsync(
            new LocalFunctionOptions
            {
                Handler = form.Handler,
                AssemblyDirectory = form.Directory,
                FunctionName = $"orders-{form.Name}",
                MemoryMegabytes = memory,
                FreezesBetweenInvocations = freezes,
                Environment = variables,

                // A small share of the processor makes Init slow; what it takes is the result, also beyond Lambda's limit.
                InitTimeout = TimeSpan.FromSeconds(60),
            },
            cancellationToken);
    }

    /// <summary>The event of an order that there was none like before.</summary>
    public string NextOrder()
    {
        var number = Interlocked.Increment(ref _orders);
        return OrderEvents.Order(string.Create(CultureInfo.InvariantCulture, $"order-{number}"), number);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bucket in _buckets.Values)
        {
            await bucket.DisposeAsync();
        }

        await _s3Relay.DisposeAsync();
        await _tls.DisposeAsync();
        await _databaseRelay.DisposeAsync();
        await _cluster.DisposeAsync();
        _certificate.Dispose();
    }
}
