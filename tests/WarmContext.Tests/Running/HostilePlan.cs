using WarmContext.Tests.Connections;

namespace WarmContext.Tests.Running;

/// <summary>What code of others does in one invocation of the soak.</summary>
internal sealed class Plan
{
    private readonly Misbehaviour _disposal;

    public Plan(Random random)
    {
        // One in eight blocks: each of those takes as long as the invocation may.
        var blocks = random.Next(8) == 0;
        Tasks = blocks ? 1 << random.Next(7) : 0;
        BlocksCallback = blocks && random.Next(2) == 0;
        Report = new Misbehaviour(random, blocks);
        _disposal = new Misbehaviour(random, blocks);
    }

    /// <summary>How many tasks block until the invocation is over.</summary>
    public int Tasks { get; }

    /// <summary>True where a callback of the deadline token does too.</summary>
    public bool BlocksCallback { get; }

    /// <summary>What the callback for the report does.</summary>
    public Misbehaviour Report { get; }

    public async Task<string> HandleAsync(Invocation invocation, Gate gate, WarmConnection<StubConnection> connections, string request)
    {
        var disposal = _disposal;
        invocation.DisposeAtEnd(new AtEnd(() => disposal.Do(gate)));
        if (BlocksCallback)
        {
            invocation.DeadlineToken.Register(gate.Wait);
        }

        invocation.Background.Run("audit", static async _ => await Task.Yield());
        for (var i = 0; i < Tasks; i++)
        {
            invocation.Background.Run($"blocking {i}", _ =>
            {
                gate.Wait();
                return Task.CompletedTask;
            });
        }

        // On the way there are none of the pool's threads where tasks block: what leases here may have to wait for the watch.
        await Task.Yield();
        if (Tasks == 0)
        {
            (await connections.LeaseAsync().ConfigureAwait(false)).Dispose();
        }

        return request;
    }

    public override string ToString() => $"Callback blocks: {BlocksCallback}, report {Report}, disposal {_disposal}.";

    private sealed class AtEnd(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Nothing, an exception, or blocking until the invocation is over.</summary>
internal sealed class Misbehaviour(Random random, bool mayBlock)
{
    private readonly int _kind = random.Next(mayBlock ? 3 : 2);

    public void Do(Gate gate)
    {
        if (_kind == 1)
        {
            throw new InvalidOperationException("Code of the user's.");
        }

        if (_kind == 2)
        {
            gate.Wait();
        }
    }

    public override string ToString() => _kind switch { 0 => "works", 1 => "throws", _ => "blocks" };
}

/// <summary>Opened when the invocation is over. Waiting for it blocks a thread.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TaskCompletionSource _opened = new();

    public void Open() => _opened.TrySetResult();

    public void Wait()
    {
        // Not the task's own wait, for which the pool makes up with another thread.
        using var signal = new ManualResetEventSlim();
        _opened.Task.ContinueWith(
            static (_, signal) => ((ManualResetEventSlim)signal!).Set(),
            signal, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        signal.Wait(TimeSpan.FromSeconds(60));
    }

    public void Dispose() => Open();
}
