using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace WarmContext.Tool;

/// <summary>The tool, run as the process that users run.</summary>
internal sealed partial class ToolProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task _readingError;
    private readonly StringBuilder _error = new();
    private readonly BlockingCollection<string> _lines = [];
    private readonly Task _reading;
    private readonly List<string> _all = [];

    private ToolProcess(IEnumerable<string> arguments, string? input)
    {
        // Shells have what they start in the background ignore SIGINT, and so would the tool, if the tests run there.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "WarmContext.Tool.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _readingError = ReadErrorAsync();
        _reading = ReadAsync();
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    public static string Functions { get; } = DirectoryOf("TestFunctions");

    public int Id => _process.Id;

    /// <summary>
    /// The arguments that name a method of TestFunctions, like Lifecycle::Count. Init may take longer than Lambda allows, because other
    /// builds may load the machine.
    /// </summary>
    public static string[] Function(string method) =>
        ["--handler", "TestFunctions::TestFunctions." + method, "--assembly-directory", Functions, "--init-timeout", "60s"];

    /// <summary>The arguments that name an executable assembly among the test functions.</summary>
    public static string[] Executable(string assembly) =>
        ["--executable", Path.Combine(DirectoryOf(assembly), assembly + ".dll"), "--init-timeout", "60s"];

    public static ToolProcess Start(params string[] arguments) => new(arguments, null);

    public static Task<ToolResult> RunAsync(params string[] arguments) => RunWithInputAsync(null, arguments);

    public static async Task<ToolResult> RunWithInputAsync(string? input, params string[] arguments)
    {
        await using var tool = new ToolProcess(arguments, input);
        return await tool.EndAsync();
    }

    /// <summary>Waits for the next line on standard output.</summary>
    public async Task<string> ReadLineAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            return await Task.Run(() => _lines.Take(patience.Token));
        }
        catch (InvalidOperationException)
        {
            await _readingError;
            throw new InvalidOperationException("The tool ended without another line: " + Error());
        }
    }

    /// <summary>Ctrl+C.</summary>
    public void SendInterrupt() => _ = Kill(_process.Id, Interrupt);

    public void SendKill() => _process.Kill();

    public async Task<ToolResult> EndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        await _reading;
        await _readingError;
        return new ToolResult(_process.ExitCode, string.Join('\n', _all), Error());
    }

    /// <summary>Waits until something is written to standard error, and returns all of it.</summary>
    public async Task<string> UntilErrorAsync(string text, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        while (!Error().Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(10, patience.Token);
        }

        return Error();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _lines.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _all.Add(line);
            _lines.Add(line);
        }

        _lines.CompleteAdding();
    }

    private async Task ReadErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_error)
            {
                _error.Append(line).Append('\n');
            }
        }
    }

    private string Error()
    {
        lock (_error)
        {
            return _error.ToString();
        }
    }

    private static string DirectoryOf(string assembly) =>
        typeof(ToolProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
            attribute => attribute.Key == "Function:" + assembly).Value!;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
