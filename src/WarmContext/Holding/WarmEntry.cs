namespace WarmContext.Holding;

/// <summary>
/// One value of a holder, its age and its users. It is disposed once it is retired, its leases have ended, and every invocation that ran
/// when it was retired has ended: those may still use it without a lease.
/// </summary>
internal sealed class WarmEntry<T>(T value, string name, WarmOptions<T> options, ClockReading made)
    where T : class
{
    private readonly object _gate = new();
    private readonly ClockReading _made = made;
    private int _leases;
    private bool _retired;
    private bool _released;
    private bool _disposed;
    private ClockReading _lastUsed = made;

    public readonly T Value = value;

    /// <summary>Set when the value was invalidated while it was being made: its waiters get it, nobody else does.</summary>
    public bool IsStale { get; set; }

    public WarmEntryState State(ClockReading now)
    {
        var clock = options.Environment.Clock;
        if (IsStale || (options.Lifetime != Timeout.InfiniteTimeSpan && clock.Elapsed(_made, now) >= options.Lifetime))
        {
            return WarmEntryState.Expired;
        }

        return options.HealthCheck is not null
            && options.HealthCheckAfterIdle != Timeout.InfiniteTimeSpan
            && clock.Elapsed(_lastUsed, now) >= options.HealthCheckAfterIdle
            ? WarmEntryState.NeedsCheck
            : WarmEntryState.Fresh;
    }

    /// <remarks>Two racing writers may mix their readings; both are of this moment, so the mix is as good as either.</remarks>
    public void Touch(ClockReading now) => _lastUsed = now;

    /// <summary>False when the value is retired: ask the holder for its new one.</summary>
    public bool TryAddLease()
    {
        lock (_gate)
        {
            if (_retired)
            {
                return false;
            }

            _leases++;
            return true;
        }
    }

    public ValueTask EndLeaseAsync()
    {
        lock (_gate)
        {
            _leases--;
        }

        return DisposeIfUnusedAsync();
    }

    /// <summary>
    /// As <see cref="EndLeaseAsync"/>, without waiting for the disposal. An invocation that runs leaves that to its end, where it may take
    /// its time.
    /// </summary>
    public void EndLease()
    {
        lock (_gate)
        {
            _leases--;
            if (!_retired)
            {
                return;
            }
        }

        _ = options.Environment.Lifecycle.AfterRunningInvocations(DisposeIfUnusedAsync).AsTask();
    }

    /// <summary>Gives up the value without waiting for its disposal.</summary>
    public void Retire() => _ = RetireAsync().AsTask();

    /// <summary>Gives up the value. No new lease is granted; it is disposed when its last user is done. Idempotent, never throws.</summary>
    /// <returns>The disposal, if nobody uses the value any more.</returns>
    public ValueTask RetireAsync()
    {
        lock (_gate)
        {
            if (_retired)
            {
                return ValueTask.CompletedTask;
            }

            _retired = true;
        }

        return options.Environment.Lifecycle.AfterRunningInvocations(() =>
        {
            lock (_gate)
            {
                _released = true;
            }

            return DisposeIfUnusedAsync();
        });
    }

    private ValueTask DisposeIfUnusedAsync()
    {
        lock (_gate)
        {
            if (!_released || _leases > 0 || _disposed)
            {
                return ValueTask.CompletedTask;
            }

            _disposed = true;
        }

        return WarmDisposal.DisposeAsync(Value, name, options.DisposesValues);
    }
}
