using WarmContext.Tool.Running;

namespace WarmContext.Tool.Output;

/// <summary>An observer that hears nothing, to override what it wants to hear.</summary>
internal abstract class RunObserver : IRunObserver
{
    public virtual void Initializing(int environment)
    {
    }

    public virtual void Initialized(int environment, TimeSpan? init)
    {
    }

    public virtual void Invoking(int environment, int number)
    {
    }

    public virtual void Answered(InvocationResult result)
    {
    }

    public virtual void Frozen(int environment)
    {
    }

    public virtual void Ended(int environment)
    {
    }

    public virtual void Wrote(int environment, string line)
    {
    }

    public virtual void Say(string message)
    {
    }
}
