using System.Diagnostics;

namespace WarmContext.Environments;

/// <summary>
/// Lets invocations end in time although tasks block the thread pool. Shortly before an invocation's tasks are cancelled, a thread of the
/// library's own begins to look whether the pool still runs anything. While it doesn't, the pool's minimum is raised.
/// </summary>
/// <remarks>
/// Implementation note: timers, continuations and the runtime's own requests all need the pool. It begins with a thread per processor and
/// adds one or two a second, so a few tasks that block keep an answer back until Lambda's timeout. The minimum is lowered again once the
/// tasks of the invocations that it was raised for have ended. One lock guards everything; no code of others runs on the thread.
/// </remarks>
internal static class PoolWatch
{
    // Lambda allows 1,024 processes and threads (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11-20).
    private const int MaxThreads = 900;

    // For what an ending sets going: timers, callbacks of tokens, disposals, the answer.
    private const int Headroom = 32;

    // How long before the cancellation the thread begins to look: a few times as long as raising takes.
    private static readonly long s_lead = Timestamps(TimeSpan.FromMilliseconds(60));

    // How long the pool may take to run something. A busy one takes longer at times, and then gets a thread that it doesn't need.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    // The response leaves after the invocation's end.
    private static readonly TimeSpan s_lowerAfter = TimeSpan.FromSeconds(2);

    private static readonly object s_gate = new();
    private static readonly List<Entry> s_watched = [];
    private static readonly List<Entry> s_helped = [];
    private static bool s_isStarted;
    private static long s_wakeAt = long.MaxValue;
    private static int s_checksLeft;
    private static int s_waiting;
    private static long s_lowerAt;
    private static int s_raisedBy;
    private static volatile bool s_hasAnswered = true;

    /// <summary>How far the pool's minimum is raised now.</summary>
    public static int RaisedBy
    {
        get
        {
            lock (s_gate)
            {
                return s_raisedBy;
            }
        }
    }

    /// <summary>Begins to watch for an invocation, from shortly before <paramref name="cancellation"/> on.</summary>
    /// <param name="invocation">The invocation.</param>
    /// <param name="cancellation">When its tasks are cancelled, as a timestamp of <see cref="Stopwatch"/>.</param>
    public static Entry Add(Invocation invocation, long cancellation)
    {
        var entry = new Entry(invocation, cancellation - s_lead);
        lock (s_gate)
        {
            entry.Index = s_watched.Count;
            s_watched.Add(entry);
            WakeAt(entry.From);
        }

        return entry;
    }

    /// <summary>The invocation is over. What was raised for it stays while its tasks still run.</summary>
    public static void Remove(Entry entry)
    {
        lock (s_gate)
        {
            var last = s_watched[^1];
            s_watched[entry.Index] = last;
            last.Index = entry.Index;
            s_watched.RemoveAt(s_watched.Count - 1);
        }
    }

    /// <summary>
    /// Looks now, and for a moment, whether the pool runs anything: an answer is about to leave, long before the deadline.
    /// </summary>
    public static void CheckNow()
    {
        lock (s_gate)
        {
            // Not a length of time: where processors are short, this thread is late too.
            s_checksLeft = 5;
            WakeAt(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>
    /// Waits by blocking, and has the pool watched meanwhile. Callers that block may leave it no thread to end what they wait for.
    /// </summary>
    public static T Wait<T>(Task<T> task)
    {
        if (task.IsCompleted)
        {
            return task.GetAwaiter().GetResult();
        }

        lock (s_gate)
        {
            s_waiting++;
            WakeAt(Stopwatch.GetTimestamp());
        }

        try
        {
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            lock (s_gate)
            {
                s_waiting--;
            }
        }
    }

    /// <summary>A length of time in the unit of <see cref="Stopwatch"/>.</summary>
    public static long Timestamps(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static void WakeAt(long time)
    {
        if (!s_isStarted)
        {
            // Unsafe, so that no invocation flows into it.
            s_isStarted = true;
            new Thread(Run) { IsBackground = true, Name = "WarmContext deadline" }.UnsafeStart();
        }

        if (time < s_wakeAt)
        {
            s_wakeAt = time;
            Monitor.Pulse(s_gate);
        }
    }

    private static void Run()
    {
        lock (s_gate)
        {
            while (true)
            {
                var now = Stopwatch.GetTimestamp();
                s_wakeAt = Look(now);
                var wait = s_wakeAt == long.MaxValue ? Timeout.InfiniteTimeSpan : Stopwatch.GetElapsedTime(now, s_wakeAt);
                Monitor.Wait(s_gate, wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1));
            }
        }
    }

    /// <returns>When to look again.</returns>
    private static long Look(long now)
    {
        var next = long.MaxValue;
        var isAsked = s_checksLeft > 0;
        var isDue = isAsked || s_waiting > 0;
        s_checksLeft -= isAsked ? 1 : 0;
        foreach (var entry in s_watched)
        {
            isDue |= entry.From <= now;
            next = entry.From <= now ? next : Math.Min(next, entry.From);
        }

        if (isDue)
        {
            next = Math.Min(next, now + Timestamps(s_interval));
            s_lowerAt = now + Timestamps(s_lowerAfter);
            Check(now, isAsked);
        }

        if (s_raisedBy > 0)
        {
            s_helped.RemoveAll(static entry => entry.Invocation.HasEnded);
            if (s_helped.Count == 0 && now >= s_lowerAt)
            {
                Raise(-s_raisedBy);
            }
            else
            {
                next = Math.Min(next, now + Timestamps(s_lowerAfter));
            }
        }

        return next;
    }

    private static void Check(long now, bool isAsked)
    {
        if (s_hasAnswered)
        {
            s_hasAnswered = false;
            ThreadPool.UnsafeQueueUserWorkItem(static _ => s_hasAnswered = true, null);
            return;
        }

        // As many as may block: all that there are, and all that wait for one. Those beyond them are made when there is work for them.
        ThreadPool.GetMinThreads(out var minimum, out _);
        var needed = (int)Math.Min(MaxThreads, ThreadPool.ThreadCount + ThreadPool.PendingWorkItemCount + Headroom);
        if (needed > minimum)
        {
            Raise(needed - minimum);
        }

        foreach (var entry in s_watched)
        {
            if (!entry.IsHelped && (entry.From <= now || isAsked))
            {
                entry.IsHelped = true;
                s_helped.Add(entry);
            }
        }
    }

    // Relative, so that what others set meanwhile stands.
    private static void Raise(int by)
    {
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        if (ThreadPool.SetMinThreads(Math.Max(1, workers + by), completionPorts))
        {
            s_raisedBy += by;
        }
    }

    /// <summary>An invocation that is watched. Its fields are guarded by the watch's lock.</summary>
    internal sealed class Entry(Invocation invocation, long from)
    {
        public Invocation Invocation => invocation;

        /// <summary>When to begin to look.</summary>
        public long From => from;

        public int Index { get; set; }

        public bool IsHelped { get; set; }
    }
}
