using WarmContext.Testing.Processes;
using WarmContext.Testing.Recordings;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// Freezes a sandbox's processes and thaws them. Used under the sandbox's lock, signals included, so that a freeze and a thaw can't
/// overtake each other.
/// </summary>
/// <param name="gate">The sandbox's lock.</param>
/// <param name="processes">What is frozen.</param>
/// <param name="timeTravel">What a freeze that is declared longer does to them.</param>
/// <param name="recorder">Told of it.</param>
internal sealed class FreezeControl(object gate, SandboxProcesses processes, TimeTravel timeTravel, SandboxRecorder recorder)
{
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(5);

    private int _freezes;

    /// <summary>True from when the processes were told to stop until they are thawed.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>True when they have stopped, which is a moment later.</summary>
    public bool HasStopped => IsFrozen && processes.AreStopped;

    /// <summary>True when the runtime was killed while it was frozen, and that is about to be noticed.</summary>
    public bool HasDiedFrozen => IsFrozen && ProcessTable.HasEnded(processes.Runtime!.Id);

    /// <summary>Stops the processes.</summary>
    /// <param name="phase">What the freeze is recorded as.</param>
    public void Freeze(RecordedPhaseKind phase)
    {
        processes.Freeze();
        IsFrozen = true;
        _ = RetryAsync(++_freezes);
        recorder.Begin(phase);
    }

    /// <summary>Lets the processes go on, if they are frozen.</summary>
    public void Thaw()
    {
        if (!IsFrozen)
        {
            return;
        }

        recorder.Thawing();
        timeTravel.BeforeThaw();
        processes.Thaw();
        IsFrozen = false;
        timeTravel.AfterThaw();
        recorder.Thawed();
    }

    /// <summary>Has a freeze be longer for the function than it is.</summary>
    /// <returns>False when it isn't frozen, or its clocks can't be moved.</returns>
    public bool Lengthen(TimeSpan duration) => IsFrozen && timeTravel.Lengthen(duration);

    /// <summary>The processes have ended, or are killed.</summary>
    public void End() => IsFrozen = false;

    /// <summary>
    /// Tells them again for as long as one runs. Version 1's freezer tells each process once, and one that is just about to wait for a
    /// child it has forked misses that: the group then stays FREEZING for ever.
    /// </summary>
    private async Task RetryAsync(int freeze)
    {
        while (true)
        {
            await Task.Delay(s_retryInterval).ConfigureAwait(false);
            lock (gate)
            {
                if (!IsFrozen || _freezes != freeze || processes.AreStopped)
                {
                    return;
                }

                processes.Freeze();
            }
        }
    }
}
