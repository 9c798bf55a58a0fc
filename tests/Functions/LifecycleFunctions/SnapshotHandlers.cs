using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// Writes down what happens around a snapshot, and answers it. With HOOKS=no it registers none: the wrapper alone must close connections.
/// </summary>
public class SnapshotHandlers
{
    private readonly List<string> _events = [];
    private readonly WarmHandler _warm = new();
    private readonly Connection _connection;
    private readonly Warm<Secret> _secret;
    private readonly Warm<Secret> _token;
    private Guid _id = Guid.NewGuid();

    public SnapshotHandlers()
    {
        _connection = new Connection(Note);
        ExecutionEnvironment.Current.Register(_connection);
        _secret = new Warm<Secret>(() => new Secret("secret", Note));
        _token = new Warm<Secret>(() => new Secret("token", Note), new WarmOptions<Secret> { Lifetime = TimeSpan.FromMinutes(15) });
        if (Environment.GetEnvironmentVariable("HOOKS") != "no")
        {
            SnapStart.Release(_secret);
            SnapStart.AfterRestore("ids", () =>
            {
                var old = _id;
                _id = Guid.NewGuid();
                Note(old == _id ? "same id" : "new id");
                return Task.CompletedTask;
            });
        }

        // Outlasts its budget, so it is the snapshot that waits for it.
        new WarmUp(new WarmUpOptions { Budget = TimeSpan.FromMilliseconds(1) })
            .Prime("order", async token =>
            {
                await Task.Delay(200, token);
                await Handle(string.Empty, WarmHandler.PrimingContext);
                Note("warm");
            })
            .Run();
    }

    public Task<string[]> Handle(string input, ILambdaContext context) => _warm.RunAsync(input, context, (ignored, invocation) =>
    {
        _ = _secret.Value;
        _ = _token.Value;
        if (invocation.IsPriming)
        {
            invocation.Background.Run("audit", async token =>
            {
                await Task.Delay(200, token);
                Note("drained");
            });
        }
        else
        {
            SnapStart.BeforeSnapshot("too-late-by-name", static () => Task.CompletedTask);
        }

        lock (_events)
        {
            return Task.FromResult(_events.ToArray());
        }
    });

    private void Note(string what)
    {
        lock (_events)
        {
            _events.Add(what);
        }
    }

    private sealed class Connection(Action<string> note) : IWarmResource
    {
        public string Name => "connection";

        public ValueTask ReleaseAsync(CancellationToken cancellationToken)
        {
            note("connection closed");
            return ValueTask.CompletedTask;
        }

        public ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
        {
            note(gap >= TimeSpan.FromHours(3) ? "connection revalidated" : $"gap {gap}");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Secret : IDisposable
    {
        private readonly string _name;
        private readonly Action<string> _note;

        public Secret(string name, Action<string> note)
        {
            (_name, _note) = (name, note);
            note(name + " made");
        }

        public void Dispose() => _note(_name + " dropped");
    }
}
