using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;
using Npgsql;
using OrderFunction.Contracts;
using WarmContext;
using WarmContext.Lambda;
using WarmContext.Npgsql;
using WarmContext.S3;

namespace OrderFunction;

/// <summary>
/// Takes an order from an API Gateway HTTP API, prices it with a model file from S3, writes it to PostgreSQL,
/// and leaves an audit record in S3.
/// </summary>
/// <remarks>
/// Lambda creates one handler per execution environment: what its fields hold is made once and used by every invocation there.
/// </remarks>
public sealed class OrderHandler
{
    private readonly OrderSettings _settings;

    // Wraps every invocation: it returns once the background work that was started in it has ended. An order whose audit record could not
    // be written counts as failed, so the client sends it again, and writing it again changes nothing (see SaveAsync).
    private readonly WarmHandler _handler = new(new InvocationOptions { BackgroundFailures = BackgroundFailurePolicy.FailInvocation });

    // One S3 client for the environment's life. When creating it fails, the next use tries again; a static field or a Lazy<T> stays broken.
    private readonly Warm<IAmazonS3> _s3 = new(() => new AmazonS3Client());

    // Files from S3, kept in /tmp. A hit costs opening a file, or nothing at all where the parsed model is still in memory.
    private readonly S3FileCache _files;

    // Connections to PostgreSQL. One that is handed out is alive, even after an hour's freeze in which the server restarted.
    private readonly WarmNpgsqlDataSource _orders;

    /// <summary>What Lambda calls, in Init.</summary>
    public OrderHandler()
        : this(OrderSettings.FromEnvironment())
    {
    }

    /// <summary>What a test calls.</summary>
    public OrderHandler(OrderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;

        // A model that is missing is asked for by every invocation (NotFoundAge), so that the next one works as soon as it is there.
        _files = new S3FileCache(_s3, new S3FileCacheOptions { MaximumAge = settings.ModelMaximumAge, NotFoundAge = TimeSpan.Zero });
        _orders = new WarmNpgsqlDataSource(settings.Database);

        // Init runs at full speed and before anybody waits for an answer: the moment for everything that is slow only the first time.
        // What fails here is tried again by the first invocation, which reports it; Init must not fail because S3 did for a second.
        // In the constructor, because Lambda calls it in Init; a static field's initializer would wait for the first use.
        if (settings.WarmUp)
        {
            new WarmUp()
                .Add("price model", async _ => await ModelAsync())
                .Add("connection", async cancellationToken => await (await _orders.OpenConnectionAsync(cancellationToken)).DisposeAsync())
                .Prime("an order", _ => PrimeAsync())
                .Run();
        }
    }

    public Task<Stream> HandleAsync(Stream input, ILambdaContext context) => _handler.RunAsync(input, context, AcceptAsync);

    // The first order is slow even with a connection and a model at hand: all the code it passes through is compiled.
    // So one goes through in Init that is no order at all.
    private async Task PrimeAsync()
    {
        PriceModel model = await ModelAsync();
        await using Stream example = OrderRequest.Example(model.Prices.Keys.First());
        await using Stream response = await HandleAsync(example, WarmHandler.PrimingContext);
    }

    private async Task<Stream> AcceptAsync(Stream input, Invocation invocation)
    {
        try
        {
            Order order = await OrderRequest.ReadAsync(input);
            PriceModel model = await ModelAsync();
            OrderReceipt receipt = model.Price(order);
            await SaveAsync(order, receipt, model, invocation);

            // The client need not wait for S3 before the order is written, but the environment must not be frozen before the record
            // is there. S3 has no rollback: what priming writes gets a key of its own, the same each time.
            var record = new AuditRecord(order, receipt, invocation.RequestId);
            string key = invocation.IsPriming ? "priming.json" : record.Key;
            invocation.Background.Run("audit", cancellationToken => AuditAsync(key, record, cancellationToken));
            return HttpApiResponse.Created(receipt);
        }
        catch (BadRequestException e)
        {
            return HttpApiResponse.BadRequest(e.Message);
        }
    }

    // Parsed once per version of the file. S3 is asked again when the copy is older than allowed, and sends the file only if it changed.
    private ValueTask<PriceModel> ModelAsync() => _files.GetOrLoadAsync(_settings.ModelBucket, _settings.ModelKey, PriceModel.Parse);

    private async Task SaveAsync(Order order, OrderReceipt receipt, PriceModel model, Invocation invocation)
    {
        // Leave time to say what went wrong: an invocation that is killed at its deadline says nothing.
        using CancellationTokenSource deadline = UntilShortlyBefore(invocation);
        try
        {
            // Not a connection kept in a field: a lease of the pool. The pool is what outlives the invocation.
            await using NpgsqlConnection connection = await _orders.OpenConnectionAsync(deadline.Token);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(deadline.Token);

            // One round trip for both. The id is the client's: an order that comes twice (clients and Lambda both retry) is written once.
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new("insert into orders (id, total, model_version, request_id) values ($1, $2, $3, $4) on conflict do nothing")
                    {
                        Parameters =
                        {
                            new() { Value = order.Id },
                            new() { Value = receipt.Total },
                            new() { Value = receipt.ModelVersion },
                            new() { Value = invocation.RequestId },
                        },
                    },
                    new(
                        "insert into order_items (order_id, product, quantity, price) "
                            + "select $1, * from unnest($2, $3, $4) on conflict do nothing")
                    {
                        Parameters =
                        {
                            new() { Value = order.Id },
                            new() { Value = order.Items.Select(item => item.Product).ToArray() },
                            new() { Value = order.Items.Select(item => item.Quantity).ToArray() },
                            new() { Value = order.Items.Select(item => model.PriceOf(item.Product)).ToArray() },
                        },
                    },
                },
            };
            await batch.ExecuteNonQueryAsync(deadline.Token);
            await (invocation.IsPriming ? transaction.RollbackAsync(deadline.Token) : transaction.CommitAsync(deadline.Token));
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Order {order.Id} was not written to {_orders.Name} within the invocation's time. "
                    + "Is the server overloaded, or a table locked?",
                e);
        }
    }

    private async Task AuditAsync(string key, AuditRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await _s3.Value.PutObjectAsync(
                new PutObjectRequest { BucketName = _settings.AuditBucket, Key = key, ContentBody = record.ToJson() }, cancellationToken);
        }
        catch (AmazonS3Exception e)
        {
            // S3's own message names neither the bucket nor the key.
            throw new InvalidOperationException(
                $"The audit record s3://{_settings.AuditBucket}/{key} could not be written ({e.ErrorCode}). {e.Message}", e);
        }
    }

    private static CancellationTokenSource UntilShortlyBefore(Invocation invocation)
    {
        // A second, because the way of an error through code that never ran before is slow where a function has a fraction of a processor.
        TimeSpan left = invocation.RemainingTimeLess(TimeSpan.FromSeconds(1));
        return left == TimeSpan.MaxValue ? new CancellationTokenSource() : new CancellationTokenSource(left);
    }
}
