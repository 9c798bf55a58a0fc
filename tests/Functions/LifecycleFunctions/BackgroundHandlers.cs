using System.Text;
using System.Text.Json;
using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// Does background work as the event says, and keeps a journal of it in the temporary directory: a line when work ends, with the invocation
/// it belongs to, the one it finds itself in, that one's number and how many had begun by then.
/// </summary>
public class BackgroundHandlers
{
    private static readonly WarmHandler s_warm = new(
        new InvocationOptions { BackgroundCompletion = Enum.Parse<BackgroundCompletion>(Environment.GetEnvironmentVariable("COMPLETION") ?? "BeforeReturn") },
        Enum.Parse<AfterResponseMechanism>(Environment.GetEnvironmentVariable("MECHANISM") ?? "Automatic"));

    private static readonly object s_gate = new();
    private static readonly string s_journal = Path.Combine(ExecutionEnvironment.Current.TemporaryDirectory, "journal");

    // Without a static constructor, static fields are initialized at their first use: in the first invocation, not in Init.
    static BackgroundHandlers()
    {
    }

    public Task<Stream> Work(Stream input, ILambdaContext context) => s_warm.RunAsync(input, context, static (input, invocation) =>
    {
        var work = JsonSerializer.Deserialize<WorkOrder>(input)!;
        for (var i = 0; i < work.Tasks; i++)
        {
            invocation.Background.Run($"{work.Kind} {i}", token => DoAsync(work, invocation, token));
        }

        return work.Throws
            ? throw new InvalidOperationException("the handler's own")
            : Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes($"\"{invocation.RequestId}\"")));
    });

    private static async Task DoAsync(WorkOrder work, Invocation invocation, CancellationToken cancellationToken)
    {
        switch (work.Kind)
        {
            case "blocking": Thread.Sleep(work.Milliseconds); break;
            case "stubborn": await Task.Delay(work.Milliseconds, CancellationToken.None); break;
            default: await Task.Delay(work.Milliseconds, cancellationToken); break;
        }

        lock (s_gate)
        {
            File.AppendAllText(s_journal, $"{invocation.RequestId} {Invocation.Current.RequestId} {invocation.Number} {ExecutionEnvironment.Current.InvocationCount}\n");
        }
    }
}
