using OrderDemo;
using WarmContext.Testing;

namespace OrderFunction.Tests;

/// <summary>A function that is configured wrongly fails in Init, and says by which variable.</summary>
public sealed class OrderSettingsTests(OrderLab lab) : IClassFixture<OrderLab>
{
    [Theory]
    [InlineData("ORDERS_DATABASE", null, "ORDERS_DATABASE is not set")]
    [InlineData("MODEL_BUCKET", null, "MODEL_BUCKET is not set")]
    [InlineData("MODEL_KEY", "", "MODEL_KEY is not set")]
    [InlineData("AUDIT_BUCKET", null, "AUDIT_BUCKET is not set")]
    [InlineData("MODEL_MAXIMUM_AGE_SECONDS", "-1", "MODEL_MAXIMUM_AGE_SECONDS is '-1'; allowed are 0 to 86400 seconds")]
    [InlineData("MODEL_MAXIMUM_AGE_SECONDS", "soon", "MODEL_MAXIMUM_AGE_SECONDS is 'soon'")]
    [InlineData("ORDERS_DATABASE", "Host=127.0.0.1;Nonsense=1", "nonsense")]
    public async Task A_wrong_variable_is_named(string name, string? value, string message)
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();

        FunctionInitException exception = await Assert.ThrowsAsync<FunctionInitException>(() =>
            OrderLab.StartAsync(database, bucket, (name, value)));

        Assert.Contains(message, exception.Message, StringComparison.OrdinalIgnoreCase);
    }
}
