#nullable disable
namespace Amazon.Lambda.Core;

public class LambdaTraceProvider
{
    private static readonly AsyncLocal<string> s_ofInvocation = new();
    private static string s_ofEnvironment;

    // Where one process serves several invocations at once, the runtime sets no environment variable.
    public static string CurrentTraceId => IsConcurrent
        ? s_ofInvocation.Value
        : s_ofEnvironment ?? Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID");

    private static bool IsConcurrent => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AWS_LAMBDA_MAX_CONCURRENCY"));

    // The runtime calls it, by this name, at the beginning of each invocation.
    internal static void SetCurrentTraceId(string traceId)
    {
        if (IsConcurrent)
        {
            s_ofInvocation.Value = traceId;
        }
        else
        {
            s_ofEnvironment = traceId;
        }
    }
}
