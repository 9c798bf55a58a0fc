using WarmContext.Testing;

namespace WarmContext.Tool.Running;

/// <summary>An environment with its number, from 0 over all of a run's.</summary>
internal sealed class StartedEnvironment(int number, LocalExecutionEnvironment lambda)
{
    private readonly object _gate = new();
    private int _written;

    public int Number => number;

    public LocalExecutionEnvironment Lambda => lambda;

    /// <summary>Hands over the lines that the function has written since the last time.</summary>
    public void WriteNewLines(IRunObserver observer)
    {
        lock (_gate)
        {
            var lines = lambda.ReadLog();
            for (; _written < lines.Count; _written++)
            {
                observer.Wrote(number, lines[_written]);
            }
        }
    }
}
