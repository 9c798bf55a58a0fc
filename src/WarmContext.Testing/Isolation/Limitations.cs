using System.Collections.Concurrent;
using WarmContext.Testing.Model;

namespace WarmContext.Testing.Isolation;

/// <summary>
/// What an environment can't enforce or see on this machine. Each is logged once per process, and kept for every environment's recording.
/// </summary>
internal sealed class Limitations
{
    private static readonly ConcurrentDictionary<string, bool> s_logged = new(StringComparer.Ordinal);

    private readonly object _gate = new();
    private readonly Dictionary<string, string> _all = new(StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all.Values];
            }
        }
    }

    /// <summary>Adds one.</summary>
    /// <param name="kind">What it concerns, so that it is said once.</param>
    /// <param name="sentence">What isn't enforced or seen, and why.</param>
    public void Add(string kind, string sentence)
    {
        lock (_gate)
        {
            if (!_all.TryAdd(kind, sentence))
            {
                return;
            }
        }

        if (s_logged.TryAdd(kind, true))
        {
            TestingLog.NotEnforced(sentence);
        }
    }
}
