using WarmContext.Tool.Running;

namespace WarmContext.Tool.Output;

/// <summary>Writes every answer as it comes, a line each; a failed invocation's is its error.</summary>
internal sealed class AnswerWriter(TextWriter output) : RunObserver
{
    private readonly object _gate = new();

    public override void Answered(InvocationResult result)
    {
        lock (_gate)
        {
            output.WriteLine(result.Outcome.PayloadText);
            output.Flush();
        }
    }
}
