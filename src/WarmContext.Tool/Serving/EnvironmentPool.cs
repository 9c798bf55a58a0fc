using WarmContext.Testing;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Serving;

/// <summary>
/// Environments for requests as they come: a free one, else a new one up to a number. Safe to use from several threads at once.
/// </summary>
internal sealed class EnvironmentPool : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly SemaphoreSlim _places;
    private readonly Stack<Slot> _free = new();
    private readonly List<Slot> _slots = [];
    private readonly Slot? _shared;
    private readonly LocalFunctionOptions _options;
    private readonly IRunObserver _observer;

    public EnvironmentPool(LocalFunctionOptions options, int max, IRunObserver observer)
    {
        _options = options;
        _observer = observer;
        Environments = new EnvironmentSet(options, refusesBadHandler: false);
        _places = new SemaphoreSlim(max);

        // On Managed Instances one environment takes them all.
        _shared = options.InitializationType == InitializationType.ManagedInstances ? NewSlot() : null;
    }

    public EnvironmentSet Environments { get; }

    /// <summary>Takes a place that is free now; null when none is.</summary>
    public Slot? TryTake() => _places.Wait(0) ? Take() : null;

    /// <summary>Waits for a place.</summary>
    public async Task<Slot> TakeAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        return Take();
    }

    public void Return(Slot slot)
    {
        if (_shared is null)
        {
            lock (_gate)
            {
                _free.Push(slot);
            }
        }

        _places.Release();
    }

    public async ValueTask DisposeAsync()
    {
        List<Slot> slots;
        lock (_gate)
        {
            slots = [.. _slots];
            _slots.Clear();
        }

        await Task.WhenAll(slots.Select(static slot => slot.DisposeAsync().AsTask()));
    }

    private Slot Take()
    {
        lock (_gate)
        {
            return _shared ?? (_free.TryPop(out var slot) ? slot : NewSlot());
        }
    }

    private Slot NewSlot()
    {
        var slot = new Slot(_options, Environments, _observer);
        _slots.Add(slot);
        return slot;
    }
}
