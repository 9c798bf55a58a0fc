public record Item(string Id, string Body);

public class CarelessConsumer
{
    private static readonly List<Item> s_seen = new();
    private static readonly SemaphoreSlim s_gate = new(1);

    public async Task Handle(List<Item> items, ILambdaContext context)
    {
        await s_gate.WaitAsync(); // expect: WARM0016
        foreach (var item in items)
        {
            s_seen.Add(item); // expect: WARM0011
            Process(item);
        }

        items.ForEach(async item => await Task.Delay(1)); // expect: WARM0007
        s_gate.Release();
    }

    private static void Process(Item item) => Task.Run(() => Console.WriteLine(item.Id)); // expect: WARM0006
}
