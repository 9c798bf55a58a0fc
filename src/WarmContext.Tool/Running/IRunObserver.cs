namespace WarmContext.Tool.Running;

/// <summary>Hears how a run goes on, from several threads at once.</summary>
internal interface IRunObserver
{
    void Initializing(int environment);

    void Initialized(int environment, TimeSpan? init);

    void Invoking(int environment, int number);

    void Answered(InvocationResult result);

    void Frozen(int environment);

    void Ended(int environment);

    /// <summary>The function wrote a line.</summary>
    void Wrote(int environment, string line);

    /// <summary>Something to tell the user.</summary>
    void Say(string message);
}
