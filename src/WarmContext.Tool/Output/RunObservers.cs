using WarmContext.Tool.Running;

namespace WarmContext.Tool.Output;

/// <summary>Tells several observers.</summary>
internal sealed class RunObservers(params IRunObserver?[] observers) : IRunObserver
{
    private readonly List<IRunObserver> _observers = [.. observers.OfType<IRunObserver>()];

    public void Initializing(int environment) => _observers.ForEach(observer => observer.Initializing(environment));

    public void Initialized(int environment, TimeSpan? init) => _observers.ForEach(observer => observer.Initialized(environment, init));

    public void Invoking(int environment, int number) => _observers.ForEach(observer => observer.Invoking(environment, number));

    public void Answered(InvocationResult result) => _observers.ForEach(observer => observer.Answered(result));

    public void Frozen(int environment) => _observers.ForEach(observer => observer.Frozen(environment));

    public void Ended(int environment) => _observers.ForEach(observer => observer.Ended(environment));

    public void Wrote(int environment, string line) => _observers.ForEach(observer => observer.Wrote(environment, line));

    public void Say(string message) => _observers.ForEach(observer => observer.Say(message));
}
