using WarmContext.Testing.Extensions;
using WarmContext.Testing.Processes;
using WarmContext.Testing.Recordings;

namespace WarmContext.Testing.Sandboxes;

/// <content>How it ends: a deadline, a process that exits, a shutdown, a disposal.</content>
internal sealed partial class Sandbox
{
    /// <summary>Waits for the Shutdown phase that follows the end of a runtime with extensions.</summary>
    public Task EndedAsync()
    {
        lock (_gate)
        {
            if (_state == RuntimeState.InitError)
            {
                // It has reported that it can't go on, and is not waited for.
                Exit(new FunctionError { Kind = FunctionErrorKind.Reported, Type = "Runtime.ExitError", Message = "Init failed" }, "failure");
            }
        }

        return Task.WhenAll(_ending, _processes.AllExited);
    }

    /// <summary>Lambda's Shutdown phase, for when an environment isn't needed any more.</summary>
    /// <returns>What it was allowed, and whether something had to be killed.</returns>
    public async Task<(TimeSpan Limit, bool WasKilled)> ShutDownAsync()
    {
        TimeSpan limit;
        lock (_gate)
        {
            _isDisposed = true;
            limit = ShutdownLimit;
            Exit(new FunctionError { Kind = FunctionErrorKind.ProcessExited, Type = "Runtime.ExitError", Message = "The environment was shut down" }, "spindown");
        }

        var wasKilled = await _ending.ConfigureAwait(false);
        await _processes.AllExited.ConfigureAwait(false);
        return (limit, wasKilled);
    }

    /// <summary>Kills everything at once.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Exit(new FunctionError { Kind = FunctionErrorKind.ProcessExited, Type = "Runtime.ExitError", Message = "The environment was disposed" }, null);
            _processes.Kill();
        }

        await EndedAsync().ConfigureAwait(false);

        // Whatever left the process group, with setsid or a double fork, still has our address in its environment.
        foreach (var straggler in ProcessTable.WithEnvironment("AWS_LAMBDA_RUNTIME_API=" + _server.HostAndPort))
        {
            Signals.KillProcess(straggler);
        }

        await _processes.ReleaseAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _deadline.Dispose();
    }

    private void OnProcessExit(Extension? extension, ProcessExit exit)
    {
        lock (_gate)
        {
            if (extension is not null)
            {
                extension.State = ExtensionState.Exited;
            }

            Exit(
                new FunctionError
                {
                    Kind = FunctionErrorKind.ProcessExited,
                    Type = _extensions.FatalErrorType ?? (extension is null ? "Runtime.ExitError" : "Extension.Crash"),
                    Message = exit.Describe(extension is null ? "Runtime" : $"Extension {extension.Name}"),
                },
                "failure");
        }
    }

    private void OnDeadline()
    {
        lock (_gate)
        {
            if (!_deadline.IsOver)
            {
                return;
            }

            if (_state == RuntimeState.Restoring)
            {
                FailRestore(new FunctionError { Kind = FunctionErrorKind.TimedOut, Type = "Sandbox.Timedout", Message = TimedOutMessage("Restore", _options.RestoreTimeout) }, default);
                return;
            }

            var inInit = _state == RuntimeState.Started;
            var limit = inInit ? _initLimit : _options.Timeout;
            var error = new FunctionError { Kind = FunctionErrorKind.TimedOut, Type = "Sandbox.Timedout", Message = TimedOutMessage(inInit ? "Init" : "Task", limit) };
            Exit(error, "timeout");
        }
    }

    /// <summary>
    /// The end, once: of whatever was under way, and of the processes. A request for the next invocation stays unanswered, as on Lambda: a runtime that were told
    /// would end before its SIGTERM hooks have.
    /// </summary>
    /// <param name="error">Why.</param>
    /// <param name="shutdownReason">What extensions are told; null kills everything at once.</param>
    private void Exit(FunctionError error, string? shutdownReason)
    {
        if (_state == RuntimeState.Exited)
        {
            return;
        }

        var before = _state;

        // First, so that whoever gets an answer by it finds the reset listed.
        if (!_isDisposed && before != RuntimeState.InitError)
        {
            _onReset(new EnvironmentReset(error, _current?.RequestId, before == RuntimeState.ResponseSent));
        }

        if (before == RuntimeState.Started)
        {
            EndInit(RuntimeState.Exited, error, default);
        }

        foreach (var invocation in _running.Values.ToList())
        {
            AnswerWithError(invocation, error.Kind, error.Type, error.Message);
        }

        var limit = shutdownReason is null ? TimeSpan.Zero : ShutdownLimit;
        _state = RuntimeState.Exited;
        _deadline.Clear();
        _recorder.Exited(_isDisposed ? null : error.ToString());
        if (limit > TimeSpan.Zero)
        {
            _ending = ShutDownProcessesAsync(shutdownReason!, limit);
        }
        else
        {
            _processes.Kill();
        }

        IsFrozen = false;
        while (_queued.TryDequeue(out var queued))
        {
            queued.Answer(null);
        }

        SignalFrozenOrExited();
    }
}
