namespace WarmContext.Testing.Model.Options;

/// <summary>The names of environment variables that Lambda keeps for itself.</summary>
/// <remarks>
/// After https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (read 2026-11-20). The credentials are not among them
/// here: giving them is how a function gets its role's.
/// </remarks>
internal static class ReservedVariables
{
    private static readonly HashSet<string> s_names = new(StringComparer.Ordinal)
    {
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_MAX_CONCURRENCY", "AWS_ACCESS_KEY", "AWS_XRAY_DAEMON_ADDRESS",
        "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "TMPDIR", "WARMCONTEXT_PRELOAD_PAGE",
    };

    public static bool Contains(string name) => s_names.Contains(name);
}
