using System.Collections.Concurrent;

namespace WarmContext.TestSupport;

/// <summary>
/// Collects WarmContext's log entries while it lives. The sink is the process's, so entries of tests that run beside this one arrive too:
/// look for what only this test can have logged, such as its request id.
/// </summary>
public sealed class LogCapture : IDisposable
{
    private static readonly ConcurrentDictionary<LogCapture, bool> s_captures = new();

    private readonly ConcurrentQueue<WarmContextLogEntry> _entries = new();

    private TaskCompletionSource _next = NewSignal();

    public LogCapture()
    {
        s_captures[this] = true;
        WarmContextDiagnostics.Log = Dispatch;
    }

    public IReadOnlyList<WarmContextLogEntry> Entries => [.. _entries];

    public WarmContextLogEntry Only(string eventName, string requestId) =>
        Assert.Single(_entries, entry => entry.EventName == eventName && entry.RequestId == requestId);

    /// <summary>Waits until the entry is there, however it gets logged.</summary>
    public async Task<WarmContextLogEntry> UntilAsync(string eventName, string requestId)
    {
        while (true)
        {
            var next = _next.Task;
            if (_entries.FirstOrDefault(entry => entry.EventName == eventName && entry.RequestId == requestId) is { } found)
            {
                return found;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public void Dispose() => s_captures.TryRemove(this, out _);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Dispatch(WarmContextLogEntry entry)
    {
        foreach (var capture in s_captures.Keys)
        {
            capture._entries.Enqueue(entry);
            Interlocked.Exchange(ref capture._next, NewSignal()).SetResult();
        }
    }
}
