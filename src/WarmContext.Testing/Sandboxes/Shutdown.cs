using System.Diagnostics;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Http;
using WarmContext.Testing.Recordings;

namespace WarmContext.Testing.Sandboxes;

/// <summary>The Shutdown phase of a sandbox. Used under the sandbox's lock, which it takes itself for what it does later.</summary>
/// <param name="gate">The sandbox's lock.</param>
/// <param name="options">Has how long a test of this package waits.</param>
/// <param name="processes">What ends.</param>
/// <param name="extensions">Who is told.</param>
/// <param name="recorder">Told of it.</param>
internal sealed class Shutdown(
    object gate, LocalFunctionOptions options, SandboxProcesses processes, ExtensionRegistry extensions, SandboxRecorder recorder)
{
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown (read 2026-11-20). Of the
    // time that there is with external extensions the runtime gets the share that AWS's own emulator gives it.
    private const double RuntimeShare = 0.3;

    private static readonly TimeSpan s_internalLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_externalLimit = TimeSpan.FromMilliseconds(2000);

    private HttpResponse? _event;

    /// <summary>How long it may take: no time without extensions.</summary>
    public TimeSpan Limit => extensions.HasExternal ? s_externalLimit : extensions.IsEmpty ? TimeSpan.Zero : s_internalLimit;

    /// <summary>Completes when it is over, with true when something had to be killed. Completed, with true, when there was none.</summary>
    public Task<bool> Ended { get; private set; } = Task.FromResult(true);

    /// <summary>Begins it.</summary>
    /// <param name="reason">What extensions are told.</param>
    public void Begin(string reason) => Ended = RunAsync(reason, Limit * options.ShutdownPatience);

    /// <summary>Tells an extension that asks for its next event when it has begun already.</summary>
    public void Tell(Extension extension)
    {
        if (_event is not null && extension.Events.Contains(Extension.Shutdown))
        {
            extension.Deliver(_event);
        }
    }

    /// <summary>
    /// SIGTERM for the runtime, then the Shutdown event for the external extensions that asked for it, then SIGKILL for whatever is left.
    /// </summary>
    /// <returns>True when something had to be killed.</returns>
    private async Task<bool> RunAsync(string reason, TimeSpan limit)
    {
        var begun = Stopwatch.GetTimestamp();
        var deadline = DateTimeOffset.UtcNow + limit;
        var wasKilled = false;
        recorder.Begin(RecordedPhaseKind.Shutdown);
        processes.Thaw();
        if (processes.Runtime is { } runtime)
        {
            runtime.Terminate();
            wasKilled = !await EndsWithinAsync(runtime.Exited, extensions.HasExternal ? limit * RuntimeShare : limit).ConfigureAwait(false);
            runtime.Kill();
        }

        Task ended;
        lock (gate)
        {
            // Those that didn't ask to be told are not waited for.
            foreach (var process in processes.ExtensionsWhere(static extension => !extension.Events.Contains(Extension.Shutdown)))
            {
                process.Kill();
            }

            _event = ExtensionResponses.Shutdown(reason, deadline);
            extensions.Deliver(Extension.Shutdown, _event);
            ended = Task.WhenAll(processes.ExtensionsWhere(static _ => true).Select(static process => process.Exited));
        }

        wasKilled |= !await EndsWithinAsync(ended, limit - Stopwatch.GetElapsedTime(begun)).ConfigureAwait(false);
        lock (gate)
        {
            processes.Kill();
            recorder.End(wasKilled ? "Killed: it did not end in time" : null);
        }

        return wasKilled;
    }

    private static async Task<bool> EndsWithinAsync(Task task, TimeSpan time)
    {
        await task.WaitAsync(time > TimeSpan.Zero ? time : TimeSpan.Zero).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
