using System.Runtime.CompilerServices;
using WarmContext.Holding;

namespace WarmContext;

/// <summary>
/// Holds one value (a client, a data source, parsed configuration) for the life of the execution environment: made once at first use however
/// many ask at once, made again after a failure, optionally checked and replaced. Keep it in a static field.
/// </summary>
/// <typeparam name="T">What is held.</typeparam>
/// <remarks>
/// <para>Reading a ready value costs a field read and allocates nothing.</para>
/// <para>
/// A failed factory is tried again at the next use; its exception reaches everybody who waited for it. One caller's cancellation never cancels
/// the factory, which others may be waiting for. The factory runs outside any <see cref="Invocation"/>, since its result outlives them all.
/// </para>
/// <para>
/// A replaced value is disposed once its leases have ended and every invocation that ran when it was replaced is over, so inside an invocation
/// <see cref="Value"/> can be used without a lease until the invocation ends. Code that runs outside invocations and has replaceable values
/// takes a lease. All members are safe to use from several threads at once.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// private static readonly Warm&lt;IAmazonS3&gt; s_s3 = new(() => new AmazonS3Client());
/// …
/// await s_s3.Value.PutObjectAsync(request, cancellationToken);
/// </code>
/// </example>
public sealed class Warm<T> : IWarmResource, IAsyncDisposable, IDisposable
    where T : class
{
    private readonly WarmOptions<T> _options;
    private readonly WarmProducer<T> _producer;
    private readonly SingleFlight<T> _flight;
    private readonly bool _needsChecks;

    // Set only when the value may be handed out unchecked: the fast path is this one read.
    private T? _ready;

    /// <summary>Creates a holder whose value is made synchronously. Nothing is made yet.</summary>
    /// <param name="factory">Makes the value; its exceptions reach the callers, and the next use tries again.</param>
    /// <param name="options">When the value is checked and replaced. <value>Default: never.</value></param>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is null.</exception>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed, or the type held is a Task.</exception>
    public Warm(Func<T> factory, WarmOptions<T>? options = null)
        : this(factory ?? throw new ArgumentNullException(nameof(factory)), null, options)
    {
    }

    /// <summary>Creates a holder whose value is made asynchronously. Nothing is made yet.</summary>
    /// <param name="factory">
    /// Makes the value; its exceptions reach the callers, and the next use tries again. Its token is cancelled when
    /// <see cref="WarmOptions{T}.CreationTimeout"/> is over or the holder is disposed, not when a caller gives up.
    /// </param>
    /// <param name="options">When the value is checked and replaced. <value>Default: never.</value></param>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is null.</exception>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed, or the type held is a Task.</exception>
    public Warm(Func<CancellationToken, Task<T>> factory, WarmOptions<T>? options = null)
        : this(null, factory ?? throw new ArgumentNullException(nameof(factory)), options)
    {
    }

    private Warm(Func<T>? factory, Func<CancellationToken, Task<T>>? asyncFactory, WarmOptions<T>? options)
    {
        if (typeof(T).IsAssignableTo(typeof(Task)))
        {
            throw new ArgumentException($"Warm<{typeof(T).Name}> would hold a task, and a failed one for ever; hold its result with the asynchronous factory instead.");
        }

        // What isn't there isn't asked: in Init each method that is called for the first time costs its compilation.
        _options = options is null ? new WarmOptions<T>() : options.Validated();
        Name = options?.Name ?? $"Warm<{typeof(T).Name}>";
        _producer = new WarmProducer<T>(factory, asyncFactory, _options, Name);
        _flight = new SingleFlight<T>(Name, _producer, _options, Publish);
        _needsChecks = options is not null && _options.NeedsChecks;
        if (_needsChecks)
        {
            _options.Environment.Register(this);
        }
    }

    /// <summary>What the holder is called in logs and errors.</summary>
    public string Name { get; }

    /// <summary>True when a value is there that needs no check; reading it now would not wait.</summary>
    public bool IsReady => Volatile.Read(ref _ready) is not null
        || (_flight.Entry is { } entry && entry.State(_options.Environment.Clock.Read()) == WarmEntryState.Fresh);

    /// <summary>
    /// The value. When it isn't there or must be checked, the calling thread makes it or waits for it; with an asynchronous factory or health
    /// check that blocks a thread, so prefer <see cref="GetAsync"/> there.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The holder is disposed.</exception>
    /// <exception cref="InvalidOperationException">The factory returned null, or waits for the value that it makes.</exception>
    /// <exception cref="TimeoutException">The asynchronous factory took longer than <see cref="WarmOptions{T}.CreationTimeout"/>.</exception>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _ready) ?? GetBlocking();
    }

    /// <summary>Gets the value, making or checking it first where necessary.</summary>
    /// <param name="cancellationToken">Ends the wait of this caller alone.</param>
    /// <exception cref="ObjectDisposedException">The holder is disposed.</exception>
    /// <exception cref="InvalidOperationException">The factory returned null, or waits for the value that it makes.</exception>
    /// <exception cref="TimeoutException">The asynchronous factory took longer than <see cref="WarmOptions{T}.CreationTimeout"/>.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _ready) is { } ready ? new ValueTask<T>(ready) : GetCheckedAsync(cancellationToken);

    /// <summary>Gets the value together with a lease that keeps it from being disposed when it is replaced.</summary>
    /// <param name="cancellationToken">Ends the wait of this caller alone.</param>
    /// <exception cref="ObjectDisposedException">The holder is disposed.</exception>
    /// <exception cref="InvalidOperationException">The factory returned null, or waits for the value that it makes.</exception>
    /// <exception cref="TimeoutException">The asynchronous factory took longer than <see cref="WarmOptions{T}.CreationTimeout"/>.</exception>
    public async ValueTask<WarmLease<T>> LeaseAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var entry = UsableEntry() ?? await MakeUsableAsync(cancellationToken).ConfigureAwait(false);
            if (entry.TryAddLease())
            {
                return new WarmLease<T>(entry);
            }
        }
    }

    /// <summary>
    /// Gives up the present value: the next use makes a new one. A value that is being made now reaches those who wait for it already and nobody else.
    /// </summary>
    public void Invalidate() => Invalidate(null);

    /// <summary>
    /// Gives up <paramref name="value"/> if it is still the present one. Of many callers that found the same value broken, the first replaces it
    /// and the others leave the new one alone.
    /// </summary>
    /// <param name="value">The value that was found broken; null stands for whichever is present.</param>
    public void Invalidate(T? value) => _flight.Invalidate(value);

    /// <summary>Disposes the value as soon as nobody uses it any more; later uses throw. A value that is being made is disposed when it is there.</summary>
    public ValueTask DisposeAsync() => _flight.DisposeAsync();

    /// <summary>Like <see cref="DisposeAsync"/>, without waiting for a disposal that is asynchronous.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <inheritdoc/>
    async ValueTask IWarmResource.RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
    {
        // Nothing is made here that nobody has asked for yet.
        if (_flight.Entry is not null)
        {
            await _flight.RunAsync(recheck: true).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends when the value is there and checked.</summary>
    internal Task PrepareAsync(CancellationToken cancellationToken) => UsableEntry() is null ? MakeUsableAsync(cancellationToken) : Task.CompletedTask;

    private async ValueTask<T> GetCheckedAsync(CancellationToken cancellationToken)
    {
        var entry = UsableEntry() ?? await MakeUsableAsync(cancellationToken).ConfigureAwait(false);
        return entry.Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T GetBlocking()
    {
        if (UsableEntry() is { } entry)
        {
            return entry.Value;
        }

        // The factory must not queue its continuations to a context whose thread waits here.
        var flight = SynchronizationContext.Current is null || _producer.IsSynchronous
            ? _flight.RunAsync(recheck: false)
            : Task.Run(() => _flight.RunAsync(recheck: false));
        return flight.GetAwaiter().GetResult().Value;
    }

    /// <summary>The present entry if it may be handed out now; marks it used.</summary>
    private WarmEntry<T>? UsableEntry()
    {
        var entry = _flight.Entry;
        if (entry is null || !_needsChecks)
        {
            return entry;
        }

        var now = _options.Environment.Clock.Read();
        if (entry.State(now) != WarmEntryState.Fresh)
        {
            return null;
        }

        entry.Touch(now);
        return entry;
    }

    private Task<WarmEntry<T>> MakeUsableAsync(CancellationToken cancellationToken)
    {
        // Somebody who has given up already starts nothing.
        cancellationToken.ThrowIfCancellationRequested();
        return _flight.RunAsync(recheck: false).WaitAsync(cancellationToken);
    }

    private void Publish(T? value) => Volatile.Write(ref _ready, value);
}
