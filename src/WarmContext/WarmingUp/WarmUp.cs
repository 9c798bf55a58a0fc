using WarmContext.Diagnostics;
using WarmContext.Environments;
using WarmContext.WarmingUp;

namespace WarmContext;

/// <summary>
/// Makes things ready before the first request: holders, prefetched files, connections and priming calls. The items run in parallel in
/// Init, within a budget. What isn't done by then carries on in the first invocation.
/// </summary>
/// <remarks>
/// <para>
/// Run it in the handler class's constructor or static constructor, or in Main. The initializer of a static field won't do where the class
/// has no static constructor: it runs at the field's first use, in the first invocation. A warm-up that is started there is reported
/// (<c>WarmUpTooLate</c>).
/// </para>
/// <para>
/// A failed item fails neither Init nor the other items unless it is required. The next use of what it was to make ready tries again.
/// </para>
/// <para>Set a warm-up up on one thread. Running and reading it is safe from several threads at once.</para>
/// </remarks>
/// <example>
/// <code>
/// static Function() => new WarmUp()
///     .Add(s_s3)
///     .Add("prices", ct => s_files.PrefetchAsync("bucket", "prices.json", ct))
///     .Prime("first S3 call", ct => s_s3.Value.GetObjectMetadataAsync("bucket", "prices.json", ct))
///     .Run();
/// </code>
/// </example>
public sealed class WarmUp : IWarmUpWork
{
    private readonly object _gate = new();
    private readonly WarmUpOptions _options;
    private readonly List<WarmUpItem> _items = [];
    private ClockReading _begun;
    private Task? _all;
    private WarmUpReport? _report;
    private int _recorded;
    private bool _hasRequired;

    /// <summary>Creates an empty warm-up.</summary>
    /// <param name="options">Say how long it may take. Default: null, all defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public WarmUp(WarmUpOptions? options = null) => _options = options is null ? new WarmUpOptions() : options.Validated();

    /// <summary>True when it has been run and every item has ended.</summary>
    public bool IsFinished => Volatile.Read(ref _all) is { IsCompleted: true };

    /// <summary>The present state of every item.</summary>
    public IReadOnlyList<WarmUpItemResult> Items
    {
        get
        {
            var results = new WarmUpItemResult[_items.Count];
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = _items[i].Result();
            }

            return results;
        }
    }

    /// <summary>Adds a holder. Its value is made.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="holder">The holder.</param>
    /// <param name="required">True has its failure fail the warm-up, and so Init. Default: false.</param>
    /// <returns>This warm-up.</returns>
    /// <exception cref="ArgumentException">The holder is null or another item has its name.</exception>
    /// <exception cref="InvalidOperationException">The warm-up has been run.</exception>
    public WarmUp Add<T>(Warm<T> holder, bool required = false)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(holder);
        return Add(holder.Name, holder.PrepareAsync, required);
    }

    /// <summary>Adds any work, such as opening connections, prefetching files or reading configuration.</summary>
    /// <param name="name">The item's name in logs and reports.</param>
    /// <param name="work">The work. Its token is cancelled when the environment shuts down, not when the budget is over.</param>
    /// <param name="required">True has its failure fail the warm-up, and so Init. Default: false.</param>
    /// <returns>This warm-up.</returns>
    /// <exception cref="ArgumentException">The name is null, empty or taken, or the work is null.</exception>
    /// <exception cref="InvalidOperationException">The warm-up has been run.</exception>
    public WarmUp Add(string name, Func<CancellationToken, Task> work, bool required = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            if (_all is not null)
            {
                throw new InvalidOperationException(
                    $"Warm-up item '{name}' comes too late: the warm-up has been run. Add items before Run or RunAsync.");
            }

            foreach (var item in _items)
            {
                if (item.Name == name)
                {
                    throw new ArgumentException($"The warm-up has an item named '{name}' already. Give each its own name.", nameof(name));
                }
            }

            _items.Add(new WarmUpItem(name, work, required, _options.Environment.Clock));
            _hasRequired |= required;
        }

        return this;
    }

    /// <summary>
    /// Adds a priming call: its first time, with compilation, TLS and credentials, is then not a request's. A call that throws has failed
    /// and may have primed only a part of the path: it is logged and reported so, and Init goes on. Catch what you expect, such as a 404.
    /// </summary>
    /// <param name="name">The item's name in logs and reports.</param>
    /// <param name="call">The call. Use one that changes nothing.</param>
    /// <returns>This warm-up.</returns>
    /// <exception cref="ArgumentException">The name is null, empty or taken, or the call is null.</exception>
    /// <exception cref="InvalidOperationException">The warm-up has been run.</exception>
    public WarmUp Prime(string name, Func<CancellationToken, Task> call) => Add(name, call, required: false);

    /// <summary>
    /// Runs the items and blocks until they are done or the budget is over: for constructors, which can't await. In a static constructor no
    /// item may use the type itself, or it waits for itself until the budget is over.
    /// </summary>
    /// <exception cref="WarmUpException">A required item failed or wasn't done in time.</exception>
    public WarmUpReport Run()
    {
        var all = Start();

        // Most are done in less time than it takes to find out how much of Init is over.
        Wait(all, _options.FirstWait);
        if (TimeLeft(all) is { } left)
        {
            Wait(all, left);
        }

        return Report();
    }

    /// <summary>Runs the items and waits until they are done or the budget is over. Another call waits for the same run.</summary>
    /// <param name="cancellationToken">Ends this wait. The items carry on.</param>
    /// <exception cref="WarmUpException">A required item failed or wasn't done in time.</exception>
    public async Task<WarmUpReport> RunAsync(CancellationToken cancellationToken = default)
    {
        var all = Start();
        if (TimeLeft(all) is { } left)
        {
            await all.WaitAsync(left, _options.Environment.Clock.TimeProvider, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Report();
    }

    /// <inheritdoc/>
    Task IWarmUpWork.WhenFinishedAsync() => Volatile.Read(ref _all) ?? Task.CompletedTask;

    /// <inheritdoc/>
    TimeSpan IWarmUpWork.TimeLeft => TimeLeft(Volatile.Read(ref _all)) ?? TimeSpan.Zero;

    /// <inheritdoc/>
    bool IWarmUpWork.ContinueIn(Invocation invocation)
    {
        // The invocation's drain may give up waiting for an item; it doesn't cancel it.
        foreach (var item in _items)
        {
            if (!item.Run.IsCompleted)
            {
                invocation.Background.Run($"warm-up: {Shorten(item.Name)}", item.Run.WaitAsync);
            }
        }

        RecordOnce();
        return Volatile.Read(ref _recorded) != 0;
    }

    private static string Shorten(string name) => name.Length <= 200 ? name : name[..200];

    /// <summary>Starts the items, once. The task ends when all of them have; it never fails.</summary>
    private Task Start()
    {
        lock (_gate)
        {
            return _all ?? StartAll();
        }
    }

    private Task StartAll()
    {
        var lifecycle = _options.Environment.Lifecycle;
        if (_options.Environment.IsInitOver)
        {
            WarmContextLog.WarmUpTooLate(Invocation.CurrentOrDefault?.RequestId);
        }

        // The items outlive the code that starts them, so they must not take its invocation or other flowing state along.
        var suppressed = ExecutionContext.IsFlowSuppressed();
        var flow = suppressed ? default : ExecutionContext.SuppressFlow();
        try
        {
            _begun = _options.Environment.Clock.Read();
            var shutdown = lifecycle.ShutdownToken;

            // Before the items start: one that primes a handler asks how much time it has.
            lifecycle.AddWarmUp(this);
            var runs = new Task[_items.Count];
            for (var i = 0; i < runs.Length; i++)
            {
                _items[i].Start(shutdown);
                runs[i] = _items[i].Run;
            }

            _all = runs.Length == 1 ? runs[0] : Task.WhenAll(runs);
            return _all;
        }
        finally
        {
            if (!suppressed)
            {
                flow.Undo();
            }
        }
    }

    private void Wait(Task all, TimeSpan left)
    {
        var time = _options.Environment.Clock.TimeProvider;
        if (time == TimeProvider.System)
        {
            // Needs no timer, whose thread would have to be started.
            all.Wait(left);
        }
        else
        {
            all.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
    }

    /// <summary>How much longer to wait for the items; null when they are done or the time is over.</summary>
    private TimeSpan? TimeLeft(Task? all)
    {
        var left = all is { IsCompleted: true } ? TimeSpan.Zero : _options.TimeLeft(_options.Environment.Clock.ElapsedSince(_begun));
        return left <= TimeSpan.Zero ? null : left;
    }

    /// <summary>How the first run ended, made once.</summary>
    private WarmUpReport Report()
    {
        lock (_gate)
        {
            if (_report is null)
            {
                _options.Environment.Lifecycle.Touch();
                _report = new WarmUpReport(Items, _options.Environment.Clock.ElapsedSince(_begun));
                if (!_all!.IsCompleted && !_report.IsFinished)
                {
                    WarmContextLog.WarmUpUnfinished(_report.Duration, _report.Names(WarmUpOutcome.Running));
                }
            }

            if (_hasRequired)
            {
                ThrowIfMissing(_report);
            }

            return _report;
        }
    }

    private void ThrowIfMissing(WarmUpReport report)
    {
        var missing = report.Items.Where((item, i) => _items[i].IsRequired && item.Outcome != WarmUpOutcome.Completed).ToArray();
        if (missing.Length > 0)
        {
            throw new WarmUpException(report, missing);
        }
    }

    /// <summary>Records the items' figures in the first invocation, because metrics are not to be loaded in Init.</summary>
    private void RecordOnce()
    {
        if (IsFinished && Interlocked.Exchange(ref _recorded, 1) == 0)
        {
            _items.ForEach(static item => item.Record());
        }
    }
}
