using Amazon.Lambda.Core;

namespace TestFunctions;

/// <summary>Everything an ILambdaContext says.</summary>
public class ContextReport
{
    public Dictionary<string, object?> Run(ILambdaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new()
        {
            ["requestId"] = context.AwsRequestId,
            ["functionName"] = context.FunctionName,
            ["functionVersion"] = context.FunctionVersion,
            ["arn"] = context.InvokedFunctionArn,
            ["logGroup"] = context.LogGroupName,
            ["logStream"] = context.LogStreamName,
            ["memory"] = context.MemoryLimitInMB,
            ["remaining"] = context.RemainingTime.TotalMilliseconds,
            ["tenant"] = context.TenantId,
            ["trace"] = context.TraceId,
            ["traceVariable"] = Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"),
            ["hasSerializer"] = context.Serializer is not null,
            ["identity"] = context.Identity.IdentityId,
            ["identityPool"] = context.Identity.IdentityPoolId,
            ["custom"] = context.ClientContext.Custom?["colour"],
            ["app"] = context.ClientContext.Client?.AppTitle,
            ["sameLogger"] = ReferenceEquals(context.Logger, context.Logger),
        };
    }
}
