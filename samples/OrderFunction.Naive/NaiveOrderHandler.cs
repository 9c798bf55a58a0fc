using System.Data;
using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;
using Npgsql;
using OrderFunction.Contracts;

namespace OrderFunction.Naive;

/// <summary>
/// The same function as it is often written. Each part has a good reason at first sight; the comments say what it overlooks. Don't copy it:
/// see samples/OrderFunction for the form to copy.
/// </summary>
public sealed class NaiveOrderHandler
{
    // "Keep the connection outside the handler and check that it is open." But State is what this process remembers: it stays Open when
    // the server has restarted, or has closed the session during a freeze. The next command finds out, at the client's expense.
    private static NpgsqlConnection? s_connection;

    public async Task<Stream> HandleAsync(Stream input, ILambdaContext context)
    {
        try
        {
            Order order = await OrderRequest.ReadAsync(input);

            // "Clients are cheap, and a new one cannot be stale." But nothing is created in Init: the first invocation pays for the first.
            var s3 = new AmazonS3Client();

            // "Always the latest prices." But the file is the same nearly every time: it is fetched and parsed again by every invocation.
            using GetObjectResponse file = await s3.GetObjectAsync(
                Environment.GetEnvironmentVariable("MODEL_BUCKET"), Environment.GetEnvironmentVariable("MODEL_KEY"));
            PriceModel model = PriceModel.Parse(file.ResponseStream);
            OrderReceipt receipt = model.Price(order);
            await SaveAsync(order, receipt, model, context);

            // "The client need not wait for the audit record." But the environment is frozen as soon as the answer is out, with the upload
            // half way: the record arrives when the next invocation thaws the environment, or never.
            var record = new AuditRecord(order, receipt, context.AwsRequestId);
            _ = s3.PutObjectAsync(new PutObjectRequest
            {
                BucketName = Environment.GetEnvironmentVariable("AUDIT_BUCKET"),
                Key = record.Key,
                ContentBody = record.ToJson(),
            });
            return HttpApiResponse.Created(receipt);
        }
        catch (BadRequestException e)
        {
            return HttpApiResponse.BadRequest(e.Message);
        }
    }

    private static async Task SaveAsync(Order order, OrderReceipt receipt, PriceModel model, ILambdaContext context)
    {
        if (s_connection is not { State: ConnectionState.Open })
        {
            s_connection = new NpgsqlConnection(Environment.GetEnvironmentVariable("ORDERS_DATABASE"));
            await s_connection.OpenAsync();
        }

        await using NpgsqlTransaction transaction = await s_connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(s_connection, transaction)
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
                        new() { Value = context.AwsRequestId },
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
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
