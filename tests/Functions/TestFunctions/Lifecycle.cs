using System.Diagnostics;
using System.Globalization;
using Amazon.Lambda.Core;

namespace TestFunctions;

/// <summary>Handlers that show what their environment does to them.</summary>
public class Lifecycle
{
    private static int s_invocations;
    private static long s_ticks;
    private static (DateTime Now, long Ticks)? s_last;
    private static Timer? s_timer;
    private static readonly TaskCompletionSource s_complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int s_present;
    private static int s_mostPresent;

    static Lifecycle() => Console.WriteLine("static constructor");

    public Lifecycle() => Console.WriteLine("constructor");

    /// <summary>process id, invocations in it.</summary>
    public string Count()
    {
        s_invocations++;
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {s_invocations}");
    }

    /// <summary>Counts in the background, every 10 ms, without end; returns the count so far.</summary>
    public long Ticking()
    {
        s_timer ??= new Timer(static _ => Interlocked.Increment(ref s_ticks), null, 0, 10);
        return Interlocked.Read(ref s_ticks);
    }

    /// <summary>Starts a child that appends to a file for ever, and returns its id.</summary>
    public int Child(string command)
    {
        using var child = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", command } })!;
        return child.Id;
    }

    public string Throw(string message) => throw new InvalidOperationException(message, new ArgumentException("the cause"));

    public async Task<string> ThrowAsync(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public void Exit(int code) => Environment.Exit(code);

    public void Crash() => Process.GetCurrentProcess().Kill();

    public void Hang() => Thread.Sleep(Timeout.Infinite);

    /// <summary>Fails by exit while a file isn't there; then sleeps as long as the file says.</summary>
    public async Task SleepMilliseconds(int milliseconds) => await Task.Delay(milliseconds);

    /// <summary>
    /// Returns when as many invocations are here at once as it says, or, below zero, after so many milliseconds; says how many there were
    /// at most.
    /// </summary>
    public async Task<int> Rendezvous(int count)
    {
        var present = Interlocked.Increment(ref s_present);
        InterlockedMax(ref s_mostPresent, present);
        if (present == count)
        {
            s_complete.TrySetResult();
        }

        await (count < 0 ? Task.Delay(-count) : Task.WhenAny(s_complete.Task, Task.Delay(30_000)));
        Interlocked.Decrement(ref s_present);
        return s_mostPresent;
    }

    public async Task<int> ExitOrRendezvous(int count)
    {
        if (count < 0)
        {
            Environment.Exit(1);
        }

        return await Rendezvous(count);
    }

    public string WriteFile(string name)
    {
        var path = Path.Combine(Path.GetTempPath(), name);
        var existed = File.Exists(path);
        File.WriteAllText(path, "kept");
        return existed ? "existed" : "new";
    }

    public Dictionary<string, string?> Variables() => Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value);

    public string Directory() => Environment.CurrentDirectory;

    /// <summary>Reads the file that the variable SETTINGS names.</summary>
    public string ReadSettings() => File.ReadAllText(Environment.GetEnvironmentVariable("SETTINGS")!);

    public string Log(string line, ILambdaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Console.WriteLine("out " + line);
        Console.Error.WriteLine("error " + line);
        context.Logger.LogLine("line " + line);
        context.Logger.LogWarning("warning " + line);
        return line;
    }

    /// <summary>
    /// How many whole minutes it finds to have gone by since its previous invocation, by the wall clock and by the monotonic one.
    /// </summary>
    public string MinutesSinceLast()
    {
        var (now, ticks) = (DateTime.UtcNow, Environment.TickCount64);
        var (last, lastTicks) = s_last ?? (now, ticks);
        s_last = (now, ticks);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)(now - last).TotalMinutes} {(ticks - lastTicks) / 60_000}");
    }

    /// <summary>Answers 6 MiB + 100 bytes, and as many more as asked.</summary>
    public Stream Large(int more) => new MemoryStream(new byte[(6 * 1024 * 1024) + 100 + more]);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            seen = before == seen ? value : before;
        }
    }
}
