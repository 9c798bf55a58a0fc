using System.Globalization;

namespace OrderDemo;

/// <summary>The environment variables of both forms.</summary>
public static class FunctionVariables
{
    public static Dictionary<string, string> For(OrderDatabase database, OrderBucket bucket, TimeSpan modelMaximumAge)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(bucket);
        return For(database.ConnectionString, bucket.Relay.Endpoint, bucket, modelMaximumAge);
    }

    /// <summary>The same for another way to the database and to S3.</summary>
    public static Dictionary<string, string> For(string database, Uri s3, OrderBucket bucket, TimeSpan modelMaximumAge)
    {
        ArgumentNullException.ThrowIfNull(s3);
        ArgumentNullException.ThrowIfNull(bucket);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ORDERS_DATABASE"] = database,
            ["MODEL_BUCKET"] = bucket.Name,
            ["MODEL_KEY"] = OrderBucket.ModelKey,
            ["MODEL_MAXIMUM_AGE_SECONDS"] = modelMaximumAge.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            ["AUDIT_BUCKET"] = bucket.Name,

            // What stands in for S3 and for the function's role; the AWS SDK reads these itself, so the functions hold nothing local.
            ["AWS_ENDPOINT_URL_S3"] = s3.ToString(),
            ["AWS_ACCESS_KEY_ID"] = bucket.Server.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = bucket.Server.SecretKey,
            ["AWS_SESSION_TOKEN"] = string.Empty,

            // The Ceph Object Gateway refuses the SDK's default checksums.
            ["AWS_REQUEST_CHECKSUM_CALCULATION"] = "WHEN_REQUIRED",
            ["AWS_RESPONSE_CHECKSUM_VALIDATION"] = "WHEN_REQUIRED",
        };
    }
}
