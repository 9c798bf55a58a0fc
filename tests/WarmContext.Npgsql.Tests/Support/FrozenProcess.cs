using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Npgsql.Tests;

/// <summary>A real process with a warm data source, frozen by SIGSTOP and thawed by SIGCONT as an execution environment is.</summary>
internal sealed class FrozenProcess : IAsyncDisposable
{
    private readonly Process _process;

    /// <param name="connectionString">Where to connect to.</param>
    /// <param name="preset">The preset.</param>
    /// <param name="passwordFile">
    /// A file that the password is read from at each physical open; null takes it from the connection string.
    /// </param>
    /// <param name="probeTimeout">How long an answer to a probe is waited for; null for the default.</param>
    public FrozenProcess(
        string connectionString, WarmNpgsqlPreset preset = WarmNpgsqlPreset.Direct, string? passwordFile = null,
        TimeSpan? probeTimeout = null)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "WarmContext.Npgsql.FreezeHost.dll");
        _process = Process.Start(new ProcessStartInfo(
            "dotnet", [assembly, connectionString, preset.ToString(), passwordFile ?? "-", probeTimeout?.ToString() ?? "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["AWS_LAMBDA_FUNCTION_NAME"] = "frozen", ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand" },
        })!;
    }

    public void Freeze() => Signal("-STOP");

    public void Thaw() => Signal("-CONT");

    public void BeginInvocation()
    {
        _process.StandardInput.WriteLine("invoke");
        _process.StandardInput.Flush();
    }

    /// <summary>The backend that served the invocation, and how long the lease took.</summary>
    public async Task<(int Pid, TimeSpan Lease)> EndInvocationAsync()
    {
        var answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("ok ", answer, StringComparison.Ordinal);
        var words = answer!.Split(' ');
        return (
            int.Parse(words[1], CultureInfo.InvariantCulture),
            TimeSpan.FromMilliseconds(double.Parse(words[2], CultureInfo.InvariantCulture)));
    }

    public Task<(int Pid, TimeSpan Lease)> InvokeAsync()
    {
        BeginInvocation();
        return EndInvocationAsync();
    }

    /// <summary>Whether the process has loaded an assembly so far.</summary>
    public async Task<bool> HasLoadedAsync(string assembly)
    {
        await _process.StandardInput.WriteLineAsync($"loaded {assembly}");
        await _process.StandardInput.FlushAsync();
        return bool.Parse((await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)))!);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Signal(string signal)
    {
        // The shell's own: not every machine has the program.
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill {signal} {_process.Id}")]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
