using System.Diagnostics;
using System.Globalization;

namespace WarmContext.FileCacheWorker.Storm;

/// <summary>
/// The storm: processes that share a directory, whose files change, and which are killed, stopped, wiped and left without room. Ends with 3
/// when one of them was served anything but whole bytes that were current within the maximum age.
/// </summary>
internal sealed class StormControl(string root, double seconds, int seed)
{
    private const int Processes = 4;
    private const int Callers = 64;

    private readonly Random _dice = new(seed);
    private readonly Process?[] _workers = new Process?[Processes];
    private readonly int[] _versions = new int[StormTruth.Files];
    private readonly Lock _gate = new();
    private readonly List<string> _broken = [];
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private int _started;

    private string Disk => Path.Combine(root, "disk");

    public async Task<int> RunAsync()
    {
        Console.WriteLine(FormattableString.Invariant($"storm of {seconds} s, seed {seed}, {Processes} processes of {Callers} callers"));
        Directory.CreateDirectory(Path.Combine(root, "truth"));
        Directory.CreateDirectory(Disk);
        var truth = new StormTruth(Path.Combine(root, "truth"));
        for (var file = 0; file < StormTruth.Files; file++)
        {
            truth.Change(file, 0);
        }

        try
        {
            await RageAsync(truth);
        }
        finally
        {
            foreach (var worker in _workers)
            {
                Kill(worker);
            }
        }

        lock (_gate)
        {
            Console.WriteLine(string.Join(", ", _counts.Select(static count => $"{count.Value} {count.Key}")));
            _broken.ForEach(Console.WriteLine);
            Console.WriteLine(_broken.Count == 0 ? "0 broken promises" : $"{_broken.Count} BROKEN PROMISES, seed {seed}");
            return _broken.Count == 0 && _counts.GetValueOrDefault("served") > 0 ? 0 : 3;
        }
    }

    private async Task RageAsync(StormTruth truth)
    {
        for (var i = 0; i < Processes; i++)
        {
            Start(i);
        }

        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < seconds && _broken.Count == 0)
        {
            await Task.Delay(_dice.Next(20, 200));
            var file = _dice.Next(StormTruth.Files);
            truth.Change(file, ++_versions[file]);
            Count("changes");
            await FaultAsync();
        }
    }

    private async Task FaultAsync()
    {
        var victim = _dice.Next(Processes);
        switch (_dice.Next(60))
        {
            case 0:
                Kill(_workers[victim]);
                Start(victim);
                Count("kills");
                break;
            case 1 or 2:
                Signal("STOP", _workers[victim]!);
                await Task.Delay(_dice.Next(100, 3000));
                Signal("CONT", _workers[victim]!);
                Count("stops");
                break;
            case 3:
                Remove(Path.Combine(Disk, "cache"));
                Count("wipes");
                break;
            case 4:
                await FillAsync();
                Count("full disks");
                break;
        }
    }

    private async Task FillAsync()
    {
        var filler = Path.Combine(Disk, "filler");
        try
        {
            await using var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);

            // On the small file system that it should be, this is all there is.
            for (var i = 0; i < 64 * 1024; i++)
            {
                file.Write(new byte[1024]);
            }
        }
        catch (IOException)
        {
            // Full.
        }

        await Task.Delay(_dice.Next(100, 1500));
        File.Delete(filler);
    }

    private void Start(int i)
    {
        string[] arguments =
        [
            typeof(StormControl).Assembly.Location, "storm-worker", root, $"{Callers}",
            FormattableString.Invariant($"{seed + (100 * ++_started)}"), i % 2 == 0 ? "right" : "wrong",
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        _workers[i] = process;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        var words = line.Split(' ');
        if (words is ["served", var served, var straight, var failed])
        {
            Count("served", long.Parse(served, CultureInfo.InvariantCulture));
            Count("read straight from the source", long.Parse(straight, CultureInfo.InvariantCulture));
            Count("refused by the source", long.Parse(failed, CultureInfo.InvariantCulture));
        }
        else
        {
            lock (_gate)
            {
                _broken.Add(line);
            }
        }
    }

    private void Count(string what, long count = 1)
    {
        lock (_gate)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + count;
        }
    }

    private static void Kill(Process? process)
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static void Signal(string signal, Process process)
    {
        using var kill = Process.Start("/bin/sh", ["-c", FormattableString.Invariant($"kill -{signal} {process.Id}")]);
        kill.WaitForExit();
    }

    private static void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (IOException)
        {
            // Somebody wrote meanwhile: half of it is gone, which is as good.
        }
    }
}
