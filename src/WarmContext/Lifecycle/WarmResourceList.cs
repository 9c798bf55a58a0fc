namespace WarmContext;

/// <summary>Weak references to the resources of an environment. Dead ones are dropped as the list grows, so short-lived holders leak nothing.</summary>
internal sealed class WarmResourceList
{
    private readonly object _gate = new();
    private readonly List<WeakReference<IWarmResource>> _resources = [];
    private int _sweepAt = 32;

    public void Add(IWarmResource resource)
    {
        lock (_gate)
        {
            if (_resources.Count >= _sweepAt)
            {
                _resources.RemoveAll(static reference => !reference.TryGetTarget(out _));
                _sweepAt = Math.Max(32, _resources.Count * 2);
            }

            _resources.Add(new WeakReference<IWarmResource>(resource));
        }
    }

    public List<IWarmResource> Snapshot()
    {
        lock (_gate)
        {
            var alive = new List<IWarmResource>(_resources.Count);
            foreach (var reference in _resources)
            {
                if (reference.TryGetTarget(out var resource))
                {
                    alive.Add(resource);
                }
            }

            return alive;
        }
    }
}
