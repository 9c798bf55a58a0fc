using System.Diagnostics;
using System.Globalization;
using WarmContext.FileCacheWorker;

namespace WarmContext.S3.Tests;

/// <summary>A worker in a process of its own.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>Starts a worker and waits until it is about to get its first object.</summary>
    public static async Task<WorkerProcess> StartAsync(WorkerSettings settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "FileCacheWorker.dll"));
        foreach (var argument in settings.ToArguments())
        {
            start.ArgumentList.Add(argument);
        }

        var worker = new WorkerProcess(Process.Start(start)!);
        if (await worker._process.StandardOutput.ReadLineAsync() != "ready")
        {
            throw new InvalidOperationException("The worker didn't start: " + await worker._process.StandardError.ReadToEndAsync());
        }

        return worker;
    }

    /// <summary>SIGKILL: the process gets no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Waits for the end, and returns how many files were served.</summary>
    public async Task<int> ServedAsync()
    {
        var reading = _process.StandardError.ReadToEndAsync();
        var output = await _process.StandardOutput.ReadToEndAsync();
        var error = await reading;
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, $"The worker ended with {_process.ExitCode}: {output} {error}");
        return int.Parse(output.Trim().Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
