using OrderDemo;
using OrderFunction.Contracts;
using WarmContext.Testing;

namespace OrderFunction.Tests;

/// <summary>The caller's mistakes are answered with 400 and a sentence for the caller.</summary>
public sealed class BadRequestTests(BadRequestTests.RunningFunction function) : IClassFixture<BadRequestTests.RunningFunction>
{
    [Theory]
    [InlineData("[]", "is not an API Gateway HTTP API event")]
    [InlineData("{}", "payload format version ''")]
    [InlineData("""{"version":"1.0","body":"{}"}""", "payload format version '1.0'")]
    [InlineData("""{"version":"2.0"}""", "no body")]
    [InlineData("""{"version":"2.0","isBase64Encoded":true,"body":"%%%"}""", "Base64, but it is not")]
    public async Task A_malformed_event_is_answered_with_what_is_wrong(string payload, string message) =>
        await AssertRefusedAsync(payload, message);

    [Theory]
    [InlineData("not json", "not an order")]
    [InlineData("null", "null")]
    [InlineData("""{"items":[{"product":"product-00001","quantity":1}]}""", "id")]
    [InlineData("""{"id":"../x","items":[{"product":"product-00001","quantity":1}]}""", "id is '../x'; allowed are")]
    [InlineData("""{"id":"o","items":null}""", "0 items; allowed are 1 to 100")]
    [InlineData("""{"id":"o","items":[]}""", "0 items; allowed are 1 to 100")]
    [InlineData("""{"id":"o","items":[null]}""", "must name one")]
    [InlineData("""{"id":"o","items":[{"product":"product-00001","quantity":-2}]}""", "'product-00001' is -2; allowed are 1 to 10000")]
    [InlineData("""{"id":"o","items":[{"product":"product-00001","quantity":1},{"product":"product-00001","quantity":1}]}""", "none twice")]
    [InlineData("""{"id":"o","items":[{"product":"unicorn","quantity":1}]}""", "no product 'unicorn'")]
    public async Task A_malformed_order_is_answered_with_what_is_wrong(string body, string message) =>
        await AssertRefusedAsync(OrderEvents.Event(body), message);

    private async Task AssertRefusedAsync(string payload, string message)
    {
        InvocationOutcome outcome = await function.Environment.InvokeAsync(payload);

        Assert.Null(outcome.Error);
        HttpApiResponse response = OrderEvents.Response(outcome);
        Assert.Equal(400, response.StatusCode);
        string error = System.Text.Json.JsonSerializer.Deserialize(response.Body, OrderJson.Default.ErrorMessage)!.Error;
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    /// <summary>One environment for all: a refused event leaves nothing behind.</summary>
    public sealed class RunningFunction : IAsyncLifetime
    {
        private readonly OrderLab _lab = new();
        private OrderDatabase? _database;
        private OrderBucket? _bucket;
        private LocalExecutionEnvironment? _environment;

        public LocalExecutionEnvironment Environment => _environment!;

        public async Task InitializeAsync()
        {
            await _lab.InitializeAsync();
            _database = await _lab.DatabaseAsync();
            _bucket = await OrderLab.BucketAsync();
            _environment = await OrderLab.StartAsync(_database, _bucket);
        }

        public async Task DisposeAsync()
        {
            await _environment!.DisposeAsync();
            await _bucket!.DisposeAsync();
            await _database!.DisposeAsync();
            await _lab.DisposeAsync();
        }
    }
}
