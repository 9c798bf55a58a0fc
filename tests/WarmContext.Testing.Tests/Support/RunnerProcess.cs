using System.Diagnostics;
using System.Globalization;
using WarmContext.Testing.Processes;
using WarmContext.Testing.Isolation;

namespace WarmContext.Testing;

/// <summary>
/// A test host of its own, EnvironmentRunner, with environments that it has started. Everything that it starts can be told by a variable.
/// </summary>
internal sealed class RunnerProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _marker = Guid.NewGuid().ToString();

    private RunnerProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["MARKER"] = _marker;
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    // Shells have what they start in the background ignore SIGINT, and so would what the tests start, if they run there.
    public static RunnerProcess Start(params string[] arguments) =>
        StartWith("--default-signal=INT", arguments);

    /// <summary>Starts it with something that the program <c>env</c> sees to, such as a variable.</summary>
    public static RunnerProcess StartWith(string surroundings, params string[] arguments) =>
        new("env", [surroundings, "dotnet", "exec", Assembly(TestFunction.DirectoryOf("EnvironmentRunner")), .. arguments]);

    /// <summary>Starts it as a user that may do nothing to the machine.</summary>
    /// <param name="directory">The directory of EnvironmentRunner.</param>
    /// <param name="arguments">Its arguments.</param>
    public static RunnerProcess StartUnprivileged(string directory, params string[] arguments)
    {
        const string Nobody = "65534";
        string[] runner = ["dotnet", "exec", Assembly(directory), .. arguments];
        return Environment.IsPrivilegedProcess
            ? new("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--no-new-privs", .. runner])
            : new(runner[0], runner[1..]);
    }

    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience);

    /// <summary>What it writes until it ends and nobody holds its output open any more, as test runners wait for it.</summary>
    public Task<string> ReadToEndAsync() => _process.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);

    /// <summary>
    /// Reads on until an environment is frozen; returns the process, what the function answered, and its ephemeral storage.
    /// </summary>
    public async Task<(int Function, string Answer, string TemporaryDirectory)> ReadFrozenAsync()
    {
        while (await ReadLineAsync() is { } line)
        {
            if (line.Split(' ', 4) is ["frozen", var function, var answer, var directory])
            {
                return (int.Parse(function, CultureInfo.InvariantCulture), answer, directory);
            }
        }

        throw new InvalidOperationException("The runner ended before its function was frozen.");
    }

    /// <summary>Lets it go on to its next environment.</summary>
    public void Step() => _process.StandardInput.WriteLine();

    public async Task KillAsync(string signal)
    {
        // The shell's own: not every machine has the program.
        using (var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -s {signal} {Id}")]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync().WaitAsync(s_patience);
    }

    /// <summary>The processes that it has started, and itself.</summary>
    public List<int> Processes() => ProcessTable.WithEnvironment("MARKER=" + _marker);

    /// <summary>Waits until nothing is left of its environments: no process, file, mount, loop device or control group.</summary>
    /// <param name="temporaryDirectory">The ephemeral storage of one.</param>
    public async Task UntilNothingIsLeftAsync(string temporaryDirectory)
    {
        var everything = Path.GetDirectoryName(Path.GetDirectoryName(temporaryDirectory))!;
        await TestFunction.UntilAsync(() => Task.FromResult(Processes().TrueForAll(ProcessTable.HasEnded)));
        await TestFunction.UntilAsync(() => Task.FromResult(!Directory.Exists(everything)));
        await TestFunction.UntilAsync(
            () => Task.FromResult(!File.ReadAllText("/proc/self/mountinfo").Contains(everything, StringComparison.Ordinal)));
        await TestFunction.UntilAsync(
            () => Task.FromResult(!LoopDevices().Any(file => file.StartsWith(everything, StringComparison.Ordinal))));
        await TestFunction.UntilAsync(() => Task.FromResult(ControlGroups().Count == 0));
    }

    /// <summary>The control groups that it has made.</summary>
    public List<string> ControlGroups() =>
    [
        .. CgroupLocation.Own.Controllers.Values.Append(CgroupLocation.Own.Unified).OfType<string>().Where(Directory.Exists)
            .SelectMany(
                directory => Directory.GetDirectories(directory, string.Create(CultureInfo.InvariantCulture, $"warmcontext-{Id}-*"))),
    ];

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Assembly(string directory) => Path.Combine(directory, "EnvironmentRunner.dll");

    private static IEnumerable<string> LoopDevices() => Directory.Exists("/sys/block")
        ? Directory.GetDirectories("/sys/block", "loop*")
            .Select(static device => ControlFile.TryRead(device, "loop/backing_file")?.Trim()).OfType<string>()
        : [];
}
