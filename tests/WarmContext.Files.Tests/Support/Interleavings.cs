namespace WarmContext.Files.Tests.Support;

/// <summary>
/// Runs a few actors in every order of their steps. Each has a thread, and one runs at a time: an actor stops before each step until it is
/// chosen. A run is repeated with the next order until there is none left.
/// </summary>
internal sealed class Interleavings : IDisposable
{
    private readonly List<Actor> _actors = [];
    private readonly List<(int Chosen, int Count)> _path = [];
    private readonly int _maxKills;
    private int _depth;

    /// <summary>Makes the actors.</summary>
    /// <param name="count">How many.</param>
    /// <param name="maxKills">How many of them may be killed in a run, each before any of its steps.</param>
    public Interleavings(int count, int maxKills = 0)
    {
        _maxKills = maxKills;
        for (var i = 0; i < count; i++)
        {
            _actors.Add(new Actor());
        }
    }

    /// <summary>The order of the run, for messages.</summary>
    public List<string> Order { get; } = [];

    /// <summary>Runs every order.</summary>
    /// <param name="begin">Makes a new world and gives what each actor does in it.</param>
    /// <param name="afterStep">Called after each step of anybody, with its name.</param>
    /// <param name="afterRun">Called at the end of each run.</param>
    /// <returns>How many orders there were.</returns>
    public int Run(Func<Action<Actor>[]> begin, Action<string> afterStep, Action afterRun)
    {
        for (var runs = 1; ; runs++)
        {
            _depth = 0;
            Order.Clear();
            var scripts = begin();
            for (var i = 0; i < scripts.Length; i++)
            {
                _actors[i].Begin(scripts[i]);
            }

            var kills = 0;
            while (Choices(kills < _maxKills) is { Count: > 0 } choices)
            {
                var (actor, kill) = choices[Choose(choices.Count)];
                var step = actor.Next;
                Order.Add($"{_actors.IndexOf(actor)}:{step}{(kill ? " killed" : string.Empty)}");
                kills += kill ? 1 : 0;
                actor.Continue(kill);
                afterStep(step);
            }

            Assert.All(_actors, static actor => Assert.True(actor.Ended));
            afterRun();
            if (!Backtrack())
            {
                return runs;
            }
        }
    }

    public void Dispose() => _actors.ForEach(static actor => actor.Dispose());

    private List<(Actor Actor, bool Kill)> Choices(bool mayKill)
    {
        // Whoever waits for a lock that another holds can't go on.
        var held = _actors.Where(static actor => actor.Holds is not null).Select(static actor => actor.Holds).ToHashSet();
        var ready = _actors.Where(actor => !actor.Ended && (actor.Wants is null || !held.Contains(actor.Wants))).ToList();
        var choices = ready.ConvertAll(static actor => (actor, false));
        if (mayKill)
        {
            choices.AddRange(ready.Select(static actor => (actor, true)));
        }

        return choices;
    }

    private int Choose(int count)
    {
        if (_depth == _path.Count)
        {
            _path.Add((0, count));
        }

        Assert.Equal(count, _path[_depth].Count);
        return _path[_depth++].Chosen;
    }

    private bool Backtrack()
    {
        while (_path.Count > 0 && _path[^1].Chosen + 1 == _path[^1].Count)
        {
            _path.RemoveAt(_path.Count - 1);
        }

        if (_path.Count == 0)
        {
            return false;
        }

        _path[^1] = (_path[^1].Chosen + 1, _path[^1].Count);
        return true;
    }

    /// <summary>One that takes steps.</summary>
    internal sealed class Actor : IDisposable
    {
        private readonly SemaphoreSlim _go = new(0);
        private readonly SemaphoreSlim _stopped = new(0);
        private Action<Actor>? _script;
        private Exception? _failure;
        private bool _killed;

        public Actor() => new Thread(Loop) { IsBackground = true }.Start();

        public bool Ended { get; private set; }

        /// <summary>The step that comes next.</summary>
        public string Next { get; private set; } = string.Empty;

        /// <summary>The lock that the next step takes.</summary>
        public object? Wants { get; private set; }

        /// <summary>The lock that it has.</summary>
        public object? Holds { get; private set; }

        public void Begin(Action<Actor> script)
        {
            (_script, _killed, Ended, Holds, Wants) = (script, false, false, null, null);
            _go.Release();
            Await();
        }

        public void Continue(bool kill)
        {
            _killed = kill;
            Holds = Wants ?? Holds;
            Wants = null;
            _go.Release();
            Await();
        }

        /// <summary>Called by the script before each step.</summary>
        /// <param name="name">The step.</param>
        /// <param name="takes">The lock it takes; null for none.</param>
        /// <param name="keeps">True while the lock that was taken is held.</param>
        public void Step(string name, object? takes = null, bool keeps = false)
        {
            if (!keeps)
            {
                Holds = null;
            }

            (Next, Wants) = (name, takes);
            _stopped.Release();
            _go.Wait();
            if (_killed)
            {
                throw new KilledException();
            }
        }

        public void Dispose()
        {
            _script = null;
            _go.Release();
        }

        private void Await()
        {
            _stopped.Wait();
            if (_failure is { } failure)
            {
                throw new InvalidOperationException(failure.ToString(), failure);
            }
        }

        private void Loop()
        {
            for (_go.Wait(); _script is { } script; _go.Wait())
            {
                try
                {
                    script(this);
                }
                catch (KilledException)
                {
                }
                catch (Exception exception)
                {
                    _failure = exception;
                }

                (Ended, Holds) = (true, null);
                _stopped.Release();
            }
        }
    }

    /// <summary>Ends an actor where it stands.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1032", Justification = "Made and caught here alone.")]
    internal sealed class KilledException : Exception;
}
