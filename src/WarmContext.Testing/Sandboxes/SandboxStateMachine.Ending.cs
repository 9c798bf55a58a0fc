using WarmContext.Testing.Extensions;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Sandboxes;

/// <content>How a sandbox ends: a deadline, a process that exits, a shutdown, a disposal.</content>
internal sealed partial class SandboxStateMachine
{
    /// <summary>Ends the sandbox, or its restore, if its deadline is over.</summary>
    public void CheckDeadline()
    {
        if (!_deadline.IsOver)
        {
            return;
        }

        if (State == RuntimeState.Restoring)
        {
            FailRestore(SandboxErrors.TimedOut("Restore", _options.RestoreTimeout), default);
            return;
        }

        var isInit = State == RuntimeState.Started;
        Exit(SandboxErrors.TimedOut(isInit ? "Init" : "Task", isInit ? _initLimit : _options.Timeout), "timeout");
    }

    /// <summary>A process has ended, the runtime's or an extension's.</summary>
    public void ProcessExited(Extension? extension, ProcessExit exit)
    {
        if (extension is not null)
        {
            extension.State = ExtensionState.Exited;
        }

        var type = _parts.Extensions.FatalErrorType ?? (extension is null ? "Runtime.ExitError" : "Extension.Crash");
        Exit(SandboxErrors.Exited(exit.Describe(extension is null ? "Runtime" : $"Extension {extension.Name}"), type), "failure");
    }

    /// <summary>The environment ends: what happens from now on is no reset.</summary>
    /// <param name="message">Why.</param>
    /// <param name="shutdownReason">What extensions are told; null kills everything at once.</param>
    public void Close(string message, string? shutdownReason)
    {
        _isClosing = true;
        Exit(SandboxErrors.Exited(message), shutdownReason);
    }

    /// <summary>
    /// The end, once: of whatever was under way, and of the processes. A request for the next invocation stays unanswered, as on Lambda: a
    /// runtime that were told would end before its SIGTERM hooks have.
    /// </summary>
    /// <param name="error">Why.</param>
    /// <param name="shutdownReason">What extensions are told; null kills everything at once.</param>
    public void Exit(FunctionError error, string? shutdownReason)
    {
        if (State == RuntimeState.Exited)
        {
            return;
        }

        // First, so that whoever gets an answer by it finds the reset listed.
        if (!_isClosing && State != RuntimeState.InitError)
        {
            _onReset(new EnvironmentReset
            {
                Error = error,
                RequestId = _parts.Invocations.Current?.RequestId,
                AfterResponse = State == RuntimeState.ResponseSent,
            });
        }

        if (State == RuntimeState.Started)
        {
            EndInit(RuntimeState.Exited, error, default);
        }

        _parts.Invocations.FailRunning(error);
        State = RuntimeState.Exited;
        _deadline.Clear();
        _parts.Recorder.Exited(_isClosing ? null : error.ToString());
        if (shutdownReason is not null && _parts.Shutdown.Limit > TimeSpan.Zero)
        {
            _parts.Shutdown.Begin(shutdownReason);
        }
        else
        {
            _parts.Processes.Kill();
        }

        _parts.Freeze.End();
        _parts.Invocations.ReturnQueued();
        SignalSettled();
    }
}
