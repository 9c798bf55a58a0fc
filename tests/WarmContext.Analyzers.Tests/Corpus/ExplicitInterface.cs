public interface IHandler<TIn>
{
    Task HandleAsync(TIn input, ILambdaContext context);
}

public class ExplicitInterface : IHandler<string>
{
    async Task IHandler<string>.HandleAsync(string input, ILambdaContext context)
    {
        var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync("cache"); // expect: WARM0001
        await redis.GetDatabase().StringGetAsync(input);
    }
}
