using System.Diagnostics;
using WarmContext.LocalServices;

namespace WarmContext.Tool;

/// <summary><c>warmcontext serve</c> on a free port, and the AWS CLI to call it with.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly ToolProcess _tool;
    private readonly TemporaryDirectory _files = new();

    private Server(ToolProcess tool, Uri url) => (_tool, Url) = (tool, url);

    public Uri Url { get; }

    public Uri InvokeUrl => new(Url, "/2015-03-31/functions/local-function/invocations");

    public static Task<Server> StartAsync(string method, params string[] arguments) =>
        StartAsync([.. ToolProcess.Function(method), .. arguments]);

    /// <summary>Starts it with arguments that name the function themselves.</summary>
    public static async Task<Server> StartAsync(string[] arguments)
    {
        var tool = ToolProcess.Start(["serve", "--port", "0", .. arguments]);
        return new Server(tool, new Uri(await tool.ReadLineAsync()));
    }

    /// <summary>Calls <c>aws lambda invoke</c>; the first argument may be the function's name.</summary>
    public async Task<CliResult> InvokeAsync(params string[] arguments)
    {
        await LocalPrograms.InstallAsync("aws-cli");
        var name = arguments is [var first, ..] && !first.StartsWith('-') ? first : "local-function";
        var rest = arguments.SkipWhile(argument => argument == name && !argument.StartsWith('-'));
        var payload = _files[Guid.NewGuid().ToString("N")];

        // Files are taken as they are by both major versions of the CLI; version 2 takes an argument for Base64.
        rest = rest.Select((argument, index) =>
            index > 0 && rest.ElementAt(index - 1) == "--payload" && !argument.StartsWith("fileb:", StringComparison.Ordinal)
            ? "fileb://" + _files.Write(Guid.NewGuid().ToString("N"), argument)
            : argument).ToList();
        var start = new ProcessStartInfo("aws") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
        [
            "lambda", "invoke", "--endpoint-url", Url.ToString(), "--function-name", name, .. rest, "--output", "json", payload
        ])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (variable, value) in new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = "local",
            ["AWS_SECRET_ACCESS_KEY"] = "local",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_MAX_ATTEMPTS"] = "1",
            ["AWS_PAGER"] = string.Empty,
            ["AWS_CONFIG_FILE"] = "/dev/null",
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        })
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        await process.WaitForExitAsync(patience.Token);
        return new CliResult(
            process.ExitCode, output, await error, File.Exists(payload) ? await File.ReadAllTextAsync(payload) : string.Empty);
    }

    /// <summary>Waits until the function has written a line, which the tool passes on.</summary>
    public Task<string> UntilWrittenAsync(string line) => _tool.UntilErrorAsync(line, s_patience);

    public Task UntilEnvironmentStartsAsync() => _tool.UntilErrorAsync("constructor", s_patience);

    /// <summary>Ctrl+C.</summary>
    public Task<ToolResult> EndAsync()
    {
        _tool.SendInterrupt();
        return _tool.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _tool.DisposeAsync();
        _files.Dispose();
    }
}
