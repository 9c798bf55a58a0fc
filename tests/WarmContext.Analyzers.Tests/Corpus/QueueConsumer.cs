public record Message(string Id, string Body);

public record Batch(List<Message> Records);

public class QueueConsumer
{
    private static readonly ConcurrentDictionary<string, string> s_names = new();
    private static readonly SemaphoreSlim s_gate = new(4);

    public async Task Handle(Batch batch, ILambdaContext context)
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Task.WhenAll(batch.Records.Select(async message =>
        {
            await s_gate.WaitAsync(cancellation.Token);
            try
            {
                s_names[message.Id] = message.Body;
            }
            finally
            {
                s_gate.Release();
            }
        }));
    }
}
