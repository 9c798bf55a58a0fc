using System.Text.Json;

namespace WarmContext.Testing;

public class HandlerShapeTests
{
    [Theory]
    [InlineData("Echo::StaticStream", """{"a":1}""", """{"a":1}""")]
    [InlineData("Echo::InstanceStream", """{"a":1}""", """{"a":1}""")]
    [InlineData("Echo::StreamAsync", """{"a":1}""", """{"a":1}""")]
    [InlineData("Echo::Text", "\"x\"", "\"\\u003Cx\\u003E\"")]
    [InlineData("Echo::Older", """{"name":"Ann","age":1}""", """{"Name":"Ann","Age":2}""")]
    [InlineData("Echo::OlderAsync", """{"name":"Ann","age":1}""", """{"Name":"Ann","Age":2}""")]
    [InlineData("Echo::OlderValueTask", """{"name":"Ann","age":1}""", """{"Name":"Ann","Age":2}""")]
    [InlineData("Echo::Nothing", """{"name":"Ann","age":1}""", "")]
    [InlineData("Echo::NothingAsync", """{"name":"Ann","age":1}""", "")]
    [InlineData("Echo::NothingValueTask", "{}", "")]
    [InlineData("Echo::NoInput", "{}", "42")]
    [InlineData("Echo::ContextOnly", "{}", "\"local-function\"")]
    [InlineData("ValueEcho::Text", "\"x\"", "\"\\u003Cx\\u003E\"")]
    [InlineData("Echo::Internal", "\"x\"", "\"x\"")]
    [InlineData("Echo::OwnSerializer", "\"x\"", "\"x\"!")]
    [InlineData("Echo::System.String Overloaded(Int32)", "3", "\"int 3\"")]
    public async Task Every_shape_of_handler_is_run(string handler, string payload, string expected)
    {
        await using var lambda = await TestFunction.StartAsync(handler);

        var outcome = await lambda.InvokeAsync(payload);

        Assert.Equal(expected, outcome.EnsureSuccess().PayloadText);
    }

    [Fact]
    public async Task The_context_says_what_Lambda_says()
    {
        var options = TestFunction.Options("ContextReport::Run");
        options.MemoryMegabytes = 1234;
        options.FunctionName = "reporter";
        options.Timeout = TimeSpan.FromSeconds(20);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        var outcome = await lambda.InvokeAsync(new LocalInvocation
        {
            RequestId = "the-request",
            TenantId = "blue",
            CognitoIdentity = """{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}""",
            ClientContext = """{"client":{"app_title":"shop"},"custom":{"colour":"red"}}""",
        });

        var report = outcome.ReadPayload<Dictionary<string, JsonElement>>()!;
        Assert.Equal("the-request", report["requestId"].GetString());
        Assert.Equal("reporter", report["functionName"].GetString());
        Assert.Equal("$LATEST", report["functionVersion"].GetString());
        Assert.Equal("arn:aws:lambda:us-east-1:123456789012:function:reporter", report["arn"].GetString());
        Assert.Equal("/aws/lambda/reporter", report["logGroup"].GetString());
        Assert.Contains("[$LATEST]", report["logStream"].GetString(), StringComparison.Ordinal);
        Assert.Equal(1234, report["memory"].GetInt32());
        Assert.InRange(report["remaining"].GetDouble(), 1_000, 20_000);
        Assert.Equal("blue", report["tenant"].GetString());
        Assert.StartsWith("Root=1-", report["trace"].GetString(), StringComparison.Ordinal);
        Assert.Equal(report["trace"].GetString(), report["traceVariable"].GetString());
        Assert.False(report["hasSerializer"].GetBoolean());
        Assert.Equal("i", report["identity"].GetString());
        Assert.Equal("p", report["identityPool"].GetString());
        Assert.Equal("red", report["custom"].GetString());
        Assert.Equal("shop", report["app"].GetString());
        Assert.True(report["sameLogger"].GetBoolean());
    }

    [Fact]
    public async Task An_exception_of_the_handler_is_an_outcome_and_the_process_lives_on()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Throw");

        var outcome = await lambda.InvokeAsync("\"out of stock\"");

        Assert.False(outcome.IsSuccess);
        Assert.Equal(FunctionErrorKind.Reported, outcome.Error!.Kind);
        Assert.Equal("InvalidOperationException", outcome.Error.Type);
        Assert.Equal("out of stock", outcome.Error.Message);
        Assert.Contains(outcome.Error.StackTrace, static line => line.Contains("Lifecycle.Throw", StringComparison.Ordinal));
        Assert.Contains("the cause", outcome.PayloadText, StringComparison.Ordinal);
        var exception = Assert.Throws<FunctionInvocationException>(() => outcome.EnsureSuccess());
        Assert.Contains("out of stock", exception.Message, StringComparison.Ordinal);
        Assert.Empty(lambda.Resets);
        Assert.Equal("out of stock", (await lambda.InvokeAsync("\"out of stock\"")).Error!.Message);
        Assert.Equal(1, lambda.ProcessCount);
    }

    [Fact]
    public async Task An_event_that_does_not_fit_the_handler_is_an_error_of_the_invocation()
    {
        await using var lambda = await TestFunction.StartAsync("Echo::Older");

        Assert.Equal("JsonException", (await lambda.InvokeAsync("[1]")).Error!.Type);
        Assert.True((await lambda.InvokeAsync("""{"name":"Ann","age":1}""")).IsSuccess);
    }

    [Fact]
    public async Task An_event_that_is_not_JSON_is_refused_as_by_Invoke()
    {
        await using var lambda = await TestFunction.StartAsync("Echo::StaticStream");

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => lambda.InvokeAsync("{broken"));
        Assert.Contains("{broken", exception.Message, StringComparison.Ordinal);
        Assert.Equal("{}", (await lambda.InvokeAsync(string.Empty)).PayloadText);
    }

    [Fact]
    public async Task A_handler_without_a_serializer_is_warned_of_what_Lambda_would_do()
    {
        await using var lambda = await TestFunction.StartAsync("Echo::Text");

        Assert.Contains(lambda.ReadLog(), static line => line.Contains("LambdaSerializer", StringComparison.Ordinal));
    }
}
