using Amazon.Lambda.Core;

namespace WarmContext.Lambda.Handlers;

/// <summary>
/// The context of a priming run: what is known of the function in Init, and for the rest values of the form that an invocation's have, so
/// that a handler which reads them runs as it does later.
/// </summary>
internal sealed class PrimingContext(ExecutionEnvironment environment) : ILambdaContext
{
    /// <summary>The request id in logs and reports.</summary>
    public const string RequestId = "priming";

    private const string LatestVersion = "$LATEST";

    // Where no warm-up says how long Init waits: the time that one has by default on demand.
    private static readonly TimeSpan s_defaultTime = TimeSpan.FromSeconds(9);

    private readonly DateTimeOffset _deadline =
        environment.Clock.TimeProvider.GetUtcNow() + (environment.WarmUpTimeLeft ?? s_defaultTime);

    // Handlers parse it.
    public string AwsRequestId => "00000000-0000-0000-0000-000000000000";

    public IClientContext ClientContext => PrimingCaller.Instance;

    public string FunctionName => environment.FunctionName ?? "function";

    public string FunctionVersion => environment.FunctionVersion ?? LatestVersion;

    public ICognitoIdentity Identity => PrimingCaller.Instance;

    /// <summary>The function's, but for the account: that is known only to invocations, and has its twelve digits here.</summary>
    public string InvokedFunctionArn
    {
        get
        {
            var region = Variable("AWS_REGION", "us-east-1");
            var partition = region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn"
                : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";
            var qualifier = FunctionVersion == LatestVersion ? string.Empty : ":" + FunctionVersion;
            return $"arn:{partition}:lambda:{region}:000000000000:function:{FunctionName}{qualifier}";
        }
    }

    public ILambdaLogger Logger => PrimingLogger.Instance;

    public string LogGroupName => Variable("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + FunctionName);

    public string LogStreamName => Variable("AWS_LAMBDA_LOG_STREAM_NAME", "priming");

    public int MemoryLimitInMB => environment.MemoryMegabytes ?? 128;

    /// <summary>Until the warm-up's budget is over. Like an invocation's it falls, and is negative afterwards.</summary>
    public TimeSpan RemainingTime => _deadline - environment.Clock.TimeProvider.GetUtcNow();

    public string TenantId => null!;

    public string TraceId => "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0";

    private static string Variable(string name, string otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;
}
