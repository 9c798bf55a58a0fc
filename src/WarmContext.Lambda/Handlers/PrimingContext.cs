using Amazon.Lambda.Core;

namespace WarmContext.Lambda.Handlers;

/// <summary>The context of a priming run: what is known of the function in Init, and no deadline.</summary>
internal sealed class PrimingContext(ExecutionEnvironment environment) : ILambdaContext, ILambdaLogger
{
    public const string RequestId = "priming";

    public string AwsRequestId => RequestId;

    public IClientContext ClientContext => null!;

    public string FunctionName => environment.FunctionName ?? string.Empty;

    public string FunctionVersion => environment.FunctionVersion ?? string.Empty;

    public ICognitoIdentity Identity => null!;

    public string InvokedFunctionArn => string.Empty;

    public ILambdaLogger Logger => this;

    public string LogGroupName => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_GROUP_NAME") ?? string.Empty;

    public string LogStreamName => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_STREAM_NAME") ?? string.Empty;

    public int MemoryLimitInMB => environment.MemoryMegabytes ?? 0;

    public TimeSpan RemainingTime => TimeSpan.MaxValue;

    public void Log(string message) => Console.Write(message);

    public void LogLine(string message) => Console.WriteLine(message);
}
