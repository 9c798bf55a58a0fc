using System.Globalization;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Functions;

/// <summary>
/// The environment variables of a function: those that Lambda sets, and the function's own. Nothing else of this machine's is passed on.
/// </summary>
/// <remarks>After https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (read 2026-11-20).</remarks>
internal static class LambdaVariables
{
    public static Dictionary<string, string> For(
        LocalFunctionOptions options, string runtimeApi, string temporaryDirectory, string logStream)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS_ACCESS_KEY_ID"] = "local",
            ["AWS_SECRET_ACCESS_KEY"] = "local",
            ["AWS_SESSION_TOKEN"] = "local",
            ["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR",
            ["AWS_XRAY_DAEMON_ADDRESS"] = "169.254.79.129:2000",
            ["LANG"] = "en_US.UTF-8",
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin:/opt/bin",
            ["TZ"] = ":UTC",
        };
        if (DotNetHost.Root is { } root)
        {
            variables["DOTNET_ROOT"] = root;
        }

        foreach (var variable in options.Environment)
        {
            variables[variable.Key] = variable.Value;
        }

        variables["_HANDLER"] = options.Handler;
        variables["AWS_DEFAULT_REGION"] = options.Region;
        variables["AWS_REGION"] = options.Region;
        variables["AWS_EXECUTION_ENV"] = string.Create(CultureInfo.InvariantCulture, $"AWS_Lambda_dotnet{Environment.Version.Major}");
        variables["AWS_LAMBDA_FUNCTION_NAME"] = options.FunctionName;
        variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = options.MemoryMegabytes.ToString(CultureInfo.InvariantCulture);
        variables["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
        variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = NameOf(options.InitializationType);
        if (!options.IsSnapStart)
        {
            // A snapshot is restored into many environments, so it can't know its log.
            variables["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + options.FunctionName;
            variables["AWS_LAMBDA_LOG_STREAM_NAME"] = logStream;
        }

        if (options.IsConcurrent)
        {
            variables["AWS_LAMBDA_MAX_CONCURRENCY"] = options.MaxConcurrency.ToString(CultureInfo.InvariantCulture);
        }

        variables["AWS_LAMBDA_RUNTIME_API"] = runtimeApi;
        variables["LAMBDA_TASK_ROOT"] = options.AssemblyDirectory;
        variables["LAMBDA_RUNTIME_DIR"] = ProcessGuardian.Current.Directory;
        variables["TMPDIR"] = temporaryDirectory;
        return variables;
    }

    /// <summary>The variables of an external extension: the function's without those that concern its runtime alone.</summary>
    public static Dictionary<string, string> ForExtension(LocalFunctionOptions options, string runtimeApi, string temporaryDirectory)
    {
        var variables = For(options, runtimeApi, temporaryDirectory, string.Empty);
        foreach (var name in (string[])
        [
            "_HANDLER", "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
            "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
        ])
        {
            variables.Remove(name);
        }

        return variables;
    }

    private static string NameOf(InitializationType type) => type switch
    {
        InitializationType.ProvisionedConcurrency => "provisioned-concurrency",
        InitializationType.SnapStart => "snap-start",
        InitializationType.ManagedInstances => "lambda-managed-instances",
        _ => "on-demand",
    };
}
