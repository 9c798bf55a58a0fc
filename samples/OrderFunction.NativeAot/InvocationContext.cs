using Amazon.Lambda.Core;

namespace OrderFunction.NativeAot;

/// <summary>What the handler is told of an invocation; the rest of the interface has no use here.</summary>
internal sealed class InvocationContext(string requestId, string? functionArn, DateTimeOffset deadline) : ILambdaContext
{
    public string AwsRequestId => requestId;

    public string InvokedFunctionArn => functionArn!;

    public TimeSpan RemainingTime => deadline - DateTimeOffset.UtcNow;

    public string FunctionName => Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME")!;

    public string FunctionVersion => Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_VERSION")!;

    public int MemoryLimitInMB =>
        int.TryParse(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), out var megabytes) ? megabytes : 0;

    public string LogGroupName => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_GROUP_NAME")!;

    public string LogStreamName => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_STREAM_NAME")!;

    public IClientContext ClientContext => null!;

    public ICognitoIdentity Identity => null!;

    public ILambdaLogger Logger => null!;
}
