using System.CommandLine;
using WarmContext.Testing;
using WarmContext.Testing.Model.Options;
using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Commands;

/// <summary>The options that say which function to run and in what environment.</summary>
internal sealed class FunctionArguments
{
    private static readonly TimeSpan s_maxTime = TimeSpan.FromMinutes(15);

    private static readonly Dictionary<string, InitializationType> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["on-demand"] = InitializationType.OnDemand,
        ["provisioned-concurrency"] = InitializationType.ProvisionedConcurrency,
        ["snap-start"] = InitializationType.SnapStart,
        ["managed-instances"] = InitializationType.ManagedInstances,
    };

    private static readonly (string Property, string Option)[] s_names =
    [
        (nameof(LocalFunctionOptions.Handler), "--handler"),
        (nameof(LocalFunctionOptions.AssemblyDirectory), "--assembly-directory"),
        (nameof(LocalFunctionOptions.Bootstrap), "--bootstrap"),
        (nameof(LocalFunctionOptions.FunctionName), "--function-name"),
        (nameof(LocalFunctionOptions.Environment), "--env"),
        (nameof(LocalFunctionOptions.Region), "--region"),
        (nameof(LocalFunctionOptions.Timeout), "--timeout"),
        (nameof(LocalFunctionOptions.InitTimeout), "--init-timeout"), (nameof(LocalFunctionOptions.ExtensionsDirectory), "--extensions"),
    ];

    private readonly Option<string?> _handler = new("--handler", "-H")
    {
        Description = "The handler of a class library, as Lambda's configuration has it.",
        HelpName = "ASSEMBLY::TYPE::METHOD",
    };
    private readonly Option<string> _directory = new("--assembly-directory", "-d")
    {
        Description = "The directory with the function's build or publish output.", HelpName = "DIR", DefaultValueFactory = static _ => ".",
    };

    private readonly Option<string?> _executable = new("--executable", "-x")
    {
        Description = "Instead of a handler: a program that speaks the Runtime API, or an executable assembly (.dll).",
        HelpName = "PATH",
    };
    private readonly Option<string?> _bootstrap = new("--bootstrap")
    {
        Description = "What hosts the handler instead of the tool's own host: a program, or an assembly (.dll) such as AWS's own "
            + "Amazon.Lambda.RuntimeSupport.dll.",
        HelpName = "PATH",
    };
    private readonly Option<int> _memory = Values.Number(
        "--memory", 128, 10_240, 512, "The function's memory in MB; it decides the share of CPU too.");
    private readonly Option<int> _storage = Values.Number("--ephemeral-storage", 512, 10_240, 512, "The size of /tmp in MB.");
    private readonly Option<TimeSpan?> _timeout = Values.Time(
        "--timeout", s_maxTime, "How long an invocation may take before the process is killed. [default: 30s]");
    private readonly Option<TimeSpan?> _initTimeout = Values.Time("--init-timeout", s_maxTime, "How long Init may take. [default: 10s]");
    private readonly Option<string[]> _variables = new("--env", "-e")
    {
        Description = "An environment variable of the function. Repeat it for more. The function gets none of this machine's.",
        HelpName = "NAME=VALUE",
    };
    private readonly Option<string> _name = new("--function-name")
    {
        Description = "The function's name.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "local-function",
    };
    private readonly Option<string> _region = new("--region")
    {
        Description = "The Region that the function sees.",
        HelpName = "REGION",
        DefaultValueFactory = static _ => "us-east-1",
    };
    private readonly Option<InitializationType> _type = Values.Choice(
        "--initialization-type",
        "TYPE",
        s_types,
        "on-demand",
        "How the environment is initialized. managed-instances: one process takes many invocations at once, and is never frozen.");
    private readonly Option<string?> _extensions = new("--extensions")
    {
        Description = "A directory of external extensions, like /opt/extensions.",
        HelpName = "DIR",
    };
    private readonly Option<bool> _machineTmp = new("--machine-tmp")
    {
        Description = "Give the function this machine's /tmp. Without it the function has one of its own, limited by --ephemeral-storage.",
    };
    private readonly Option<bool> _noFreeze = new("--no-freeze")
    {
        Description = "Don't freeze the function between invocations, to see what the freeze changes.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])
        [
            _handler, _directory, _executable, _bootstrap, _memory, _storage, _timeout, _initTimeout, _variables, _name, _region, _type,
            _extensions, _machineTmp, _noFreeze
        ])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>True when a function is named at all.</summary>
    public bool IsGiven(ParseResult result) => result.GetValue(_handler) is not null || result.GetValue(_executable) is not null;

    public LocalFunctionOptions Read(ParseResult result)
    {
        var (handler, directory) = (result.GetValue(_handler), result.GetValue(_executable)) switch
        {
            (null, null) =>
                throw new ToolException(
                    "no function is named: give --handler Assembly::Namespace.Type::Method with --assembly-directory DIR, or --executable "
                        + "PATH."),
            ({ }, { }) => throw new ToolException("both --handler and --executable are given; one of them says what to run."),
            ({ } name, null) => FunctionFiles.ForHandler(name, result.GetValue(_directory)!),
            (null, { } path) => FunctionFiles.ForExecutable(path),
        };
        var options = new LocalFunctionOptions
        {
            Handler = handler,
            AssemblyDirectory = directory,
            Bootstrap = result.GetValue(_bootstrap),
            MemoryMegabytes = result.GetValue(_memory),
            EphemeralStorageMegabytes = result.GetValue(_storage),
            FunctionName = result.GetValue(_name)!,
            Region = result.GetValue(_region)!,
            InitializationType = result.GetResult(_type) is null ? InitializationType.OnDemand : result.GetValue(_type),
            ExtensionsDirectory = FunctionFiles.Extensions(result.GetValue(_extensions)),
            ResourceLimits = result.GetValue(_machineTmp) ? ResourceLimits.Memory | ResourceLimits.Cpu : ResourceLimits.All,
            FreezesBetweenInvocations = !result.GetValue(_noFreeze),

            // As on Lambda: a failed Init is run again in the first invocation, and fails that.
            InitFailure = InitFailurePolicy.RetryInInvocation,
        };
        options.Timeout = result.GetValue(_timeout) ?? options.Timeout;
        options.InitTimeout = result.GetValue(_initTimeout) ?? options.InitTimeout;
        foreach (var variable in result.GetValue(_variables) ?? [])
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ToolException($"--env is '{variable}'; it must be NAME=VALUE.");
            }

            if (ReservedVariables.Contains(variable[..equals]))
            {
                throw new ToolException(
                    $"--env sets {variable[..equals]}, which Lambda keeps for itself; use the option that stands for it, if there is one: "
                        + "--handler, --function-name, --memory, --region, --initialization-type.");
            }

            options.Environment[variable[..equals]] = variable[(equals + 1)..];
        }

        try
        {
            options.Validated();
            return options;
        }
        catch (ArgumentException exception)
        {
            throw new ToolException(Renamed(exception.Message));
        }
    }

    /// <summary>A message of the library, in the words of this command line.</summary>
    private static string Renamed(string message)
    {
        foreach (var (property, option) in s_names)
        {
            message = message.Replace($"{nameof(LocalFunctionOptions)}.{property}", option, StringComparison.Ordinal);
        }

        return message;
    }
}
