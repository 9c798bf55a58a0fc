using System.Diagnostics;
using WarmContext.Testing.Extensions;

namespace WarmContext.Testing.Sandboxes;

/// <content>The Shutdown phase.</content>
internal sealed partial class Sandbox
{
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown (read 2026-11-20). Of the time that there is with
    // external extensions the runtime gets the share that AWS's own emulator gives it.
    private const double RuntimeShare = 0.3;

    private static readonly TimeSpan s_internalLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_externalLimit = TimeSpan.FromMilliseconds(2000);

    private TimeSpan ShutdownLimit => _extensions.HasExternal ? s_externalLimit : _extensions.IsEmpty ? TimeSpan.Zero : s_internalLimit;

    /// <summary>SIGTERM for the runtime, then the Shutdown event for the external extensions that asked for it, then SIGKILL for whatever is left.</summary>
    /// <returns>True when something had to be killed.</returns>
    private async Task<bool> ShutDownProcessesAsync(string reason, TimeSpan limit)
    {
        limit *= _options.ShutdownPatience;
        var begun = Stopwatch.GetTimestamp();
        var deadline = DateTimeOffset.UtcNow + limit;
        var wasKilled = false;
        lock (_gate)
        {
            _recorder.Begin(RecordedPhaseKind.Shutdown);
        }

        _processes.Thaw();
        if (_processes.Runtime is { } runtime)
        {
            runtime.Terminate();
            wasKilled = !await EndsWithinAsync(runtime.Exited, _extensions.HasExternal ? limit * RuntimeShare : limit).ConfigureAwait(false);
            runtime.Kill();
        }

        Task ended;
        lock (_gate)
        {
            // Those that didn't ask to be told are not waited for.
            foreach (var process in _processes.ExtensionsWhere(static extension => !extension.Events.Contains(Extension.Shutdown)))
            {
                process.Kill();
            }

            _shutdownEvent = ExtensionResponses.Shutdown(reason, deadline);
            _extensions.Deliver(Extension.Shutdown, _shutdownEvent);
            ended = Task.WhenAll(_processes.ExtensionsWhere(static _ => true).Select(static process => process.Exited));
        }

        wasKilled |= !await EndsWithinAsync(ended, limit - Stopwatch.GetElapsedTime(begun)).ConfigureAwait(false);
        lock (_gate)
        {
            _processes.Kill();
            _recorder.End(wasKilled ? "Killed: it did not end in time" : null);
        }

        return wasKilled;
    }

    private static async Task<bool> EndsWithinAsync(Task task, TimeSpan time)
    {
        await task.WaitAsync(time > TimeSpan.Zero ? time : TimeSpan.Zero).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
