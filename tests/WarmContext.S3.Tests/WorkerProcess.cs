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
    /// <param name="settings">What it does.</param>
    /// <param name="environment">Environment variables to set.</param>
    /// <param name="launcher">A command that runs the command line it is given; none runs the worker itself.</param>
    public static async Task<WorkerProcess> StartAsync(
        WorkerSettings settings, Dictionary<string, string>? environment = null, params string[] launcher)
    {
        string[] command = [.. launcher, "dotnet", Path.Combine(AppContext.BaseDirectory, "FileCacheWorker.dll")];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

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
    public async Task<int> ServedAsync() => int.Parse((await OutputAsync()).Split(' ')[^1], CultureInfo.InvariantCulture);

    /// <summary>Waits for a good end, and returns what was written after the first line.</summary>
    public async Task<string> OutputAsync()
    {
        var reading = _process.StandardError.ReadToEndAsync();
        var output = await _process.StandardOutput.ReadToEndAsync();
        var error = await reading;
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, $"The worker ended with {_process.ExitCode}: {output} {error}");
        return output.Trim();
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
        // The shell's own: not every machine has the program.
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {_process.Id}")]);
        await kill.WaitForExitAsync();
    }
}
