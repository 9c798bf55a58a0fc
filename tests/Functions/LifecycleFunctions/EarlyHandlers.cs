using System.Text;
using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// A handler that answers a ping before it reaches its WarmHandler, as many do, and otherwise works after its response: a line in the
/// journal for each piece.
/// </summary>
public sealed class EarlyHandlers
{
    private static readonly object s_gate = new();

    private readonly WarmHandler _warm = new(new InvocationOptions { BackgroundCompletion = BackgroundCompletion.AfterResponse });

    public Task<Stream> Work(Order input, ILambdaContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Kind == "ping" ? Task.FromResult(Text("pong")) : _warm.RunAsync(input, context, (input, invocation) =>
        {
            for (var i = 0; i < input.Pieces; i++)
            {
                invocation.Background.Run("piece", async token =>
                {
                    await Task.Delay(2, token);
                    lock (s_gate)
                    {
                        File.AppendAllText(
                            Path.Combine(ExecutionEnvironment.Current.TemporaryDirectory, "journal"), $"{invocation.RequestId}\n");
                    }
                });
            }

            return Task.FromResult(Text("done"));
        });
    }

    private static Stream Text(string text) => new MemoryStream(Encoding.UTF8.GetBytes($"\"{text}\""));

    /// <summary>The event.</summary>
    public sealed class Order
    {
        public string Kind { get; set; } = string.Empty;

        public int Pieces { get; set; }
    }
}
