using System.CommandLine;
using System.Net;
using WarmContext.Testing;
using WarmContext.Tool.Errors;
using WarmContext.Tool.Output;
using WarmContext.Tool.Serving;

namespace WarmContext.Tool.Commands;

/// <summary><c>warmcontext serve</c>: the Invoke API for a function, to be called by SDKs and the AWS CLI.</summary>
internal static class ServeCommand
{
    private const int StandardPort = 9001;

    public static Command Create()
    {
        var command = new Command(
            "serve",
            "Serves Lambda's Invoke API for a function: for AWS SDKs, and for 'aws lambda invoke --endpoint-url'. Runs until Ctrl+C. Calls "
                + "aren't authenticated, so it listens on loopback by default.");
        var function = new FunctionArguments();
        var output = new OutputArguments(hasJson: false);
        var port = Values.Number("--port", 0, 65_535, StandardPort, "The port; 0 takes a free one.");
        var address = new Option<string>("--address")
        {
            Description = "The address to listen on.",
            HelpName = "ADDRESS",
            DefaultValueFactory = static _ => "127.0.0.1",
        };
        var concurrency = Values.Number(
            "--concurrency",
            1,
            1000,
            10,
            "The maximum number of environments at once. Requests beyond it are refused with TooManyRequestsException.");
        var qualifiers = new Option<string[]>("--qualifier")
        {
            Description = "A version or alias of the function, besides $LATEST. Repeat it for more.",
            HelpName = "NAME",
        };
        var audit = new Option<bool>("--audit")
        {
            Description = "Measure what the function does, for the findings in --record and --report.",
        };
        foreach (var option in (Option[])[port, address, concurrency, qualifiers, audit])
        {
            command.Options.Add(option);
        }

        function.AddTo(command);
        output.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            var options = function.Read(result);
            options.Audit = result.GetValue(audit);
            output.Check(result);
            var ip = IPAddress.TryParse(result.GetValue(address), out var parsed)
                ? parsed
                : throw new ToolException(
                    $"--address is '{result.GetValue(address)}'; it must be an IP address of this machine, like 127.0.0.1.");
            return ServeAsync(
                result,
                options,
                new IPEndPoint(ip, result.GetValue(port)),
                result.GetValue(concurrency),
                [.. result.GetValue(qualifiers) ?? []],
                output,
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> ServeAsync(
        ParseResult result,
        LocalFunctionOptions options,
        IPEndPoint endpoint,
        int concurrency,
        HashSet<string> qualifiers,
        OutputArguments output,
        CancellationToken cancellationToken)
    {
        if (options.InitializationType == InitializationType.ManagedInstances)
        {
            options.MaxConcurrency = concurrency;
        }

        using var progress = output.Progress(result, 0);
        await using var pool = new EnvironmentPool(options, concurrency, progress);
        await using (var server = await InvokeServer.StartAsync(
            endpoint.Address, endpoint.Port, new InvokeService(options, qualifiers, pool, progress, cancellationToken), cancellationToken))
        {
            progress.Output.WriteLine(server.Url.GetLeftPart(UriPartial.Authority));
            progress.Say(
                $"aws lambda invoke --endpoint-url {server.Url.GetLeftPart(UriPartial.Authority)} --function-name {options.FunctionName} "
                    + $"--payload '{{}}' /dev/stdout");
            await UntilCancelledAsync(cancellationToken);
        }

        await pool.DisposeAsync();
        if (pool.Environments.Read() is { } recording)
        {
            await output.WriteAsync(result, recording);
        }

        return ExitCode.Success;
    }

    private static async Task UntilCancelledAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // How it is meant to end.
        }
    }
}
