using WarmContext.Diagnostics;

namespace WarmContext.Holding;

/// <summary>One attempt to make or check a holder's value.</summary>
internal abstract class Attempt(string name)
{
    private static readonly AsyncLocal<Attempt?> s_current = new();
    private static readonly object s_waits = new();

    // The attempt whose factory began this one.
    private readonly Attempt? _outer = s_current.Value;

    // Those that its factory waits for now, at whatever depth. Guarded by s_waits.
    private List<Attempt>? _waitsFor;

    /// <summary>True when the calling code runs within some holder's factory, which may have to wait for another's.</summary>
    public static bool IsAnyCallersOwn => s_current.Value is not null;

    /// <summary>True when the calling code runs within the attempt's own factory, at whatever depth.</summary>
    public bool IsCallersOwn
    {
        get
        {
            for (var attempt = s_current.Value; attempt is not null; attempt = attempt._outer)
            {
                if (ReferenceEquals(attempt, this))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// The calling code, which runs within a factory, is about to wait for this attempt. Refused where that would never end, because this
    /// attempt waits for the caller's own.
    /// </summary>
    /// <exception cref="InvalidOperationException">The two would wait for each other.</exception>
    public void BeginWait()
    {
        lock (s_waits)
        {
            for (var own = s_current.Value; own is not null; own = own._outer)
            {
                if (WaitsFor(own, []))
                {
                    throw new InvalidOperationException(
                        $"The factories of {LogText.Escape(own.Name)} and {LogText.Escape(Name)} use each other's holders, and would " +
                        "wait for each other for ever. Make one of them without the other.");
                }
            }

            for (var own = s_current.Value; own is not null; own = own._outer)
            {
                (own._waitsFor ??= []).Add(this);
            }
        }
    }

    /// <summary>The calling code no longer waits for this attempt.</summary>
    public void EndWait()
    {
        lock (s_waits)
        {
            for (var own = s_current.Value; own is not null; own = own._outer)
            {
                own._waitsFor?.Remove(this);
            }
        }
    }

    /// <summary>
    /// Makes this the attempt of the calling flow, and detaches the flow from any invocation: the value outlives them all.
    /// </summary>
    public void Enter()
    {
        s_current.Value = this;
        Invocation.SetCurrent(null);
    }

    private string Name => name;

    private bool WaitsFor(Attempt other, HashSet<Attempt> seen)
    {
        foreach (var next in _waitsFor ?? [])
        {
            if (ReferenceEquals(next, other) || (seen.Add(next) && next.WaitsFor(other, seen)))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>One attempt to make or check a value, shared by everybody who waits for it.</summary>
internal sealed class Attempt<T> : Attempt
    where T : class
{
    // Continuations run on the pool: a waiter must never run inside the lock or the thread of the one who makes the value.
    private readonly TaskCompletionSource<WarmEntry<T>> _source;

    public Attempt(string name, long version)
        : base(name)
    {
        Version = version;
        _source = new TaskCompletionSource<WarmEntry<T>>(this, TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>How often the holder had been invalidated when the attempt began.</summary>
    public long Version { get; }

    /// <summary>Its result. The task's state is the attempt.</summary>
    public Task<WarmEntry<T>> Task => _source.Task;

    public void Complete(WarmEntry<T> entry) => _source.TrySetResult(entry);

    public void Fail(Exception exception)
    {
        _source.TrySetException(exception);

        // Observed even when every waiter has given up.
        _ = _source.Task.Exception;
    }
}
