using Amazon.Lambda.Core;

namespace WarmContext.Lambda.Tests;

/// <summary>The context as a runtime hands it over, with what a test sets.</summary>
internal sealed class TestLambdaContext : ILambdaContext
{
    public string AwsRequestId { get; init; } = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

    public IClientContext ClientContext => null!;

    public string FunctionName => "orders";

    public string FunctionVersion => "$LATEST";

    public ICognitoIdentity Identity => null!;

    public string InvokedFunctionArn => "arn:aws:lambda:eu-central-1:123456789012:function:orders";

    public ILambdaLogger Logger => null!;

    public string LogGroupName => "/aws/lambda/orders";

    public string LogStreamName => "2026/01/01/[$LATEST]abc";

    public int MemoryLimitInMB => 512;

    public string TraceId => "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    public TimeSpan RemainingTime { get; init; } = TimeSpan.FromSeconds(3);
}
