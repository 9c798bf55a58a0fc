using Amazon.Lambda.Serialization.SystemTextJson;

public static class Program
{
    private static readonly Func<string, ILambdaContext, Task<string>> s_handler = async (input, context) =>
    {
        using var db = NpgsqlDataSource.Create("Host=db"); // expect: WARM0001
        await using var connection = await db.OpenConnectionAsync();
        return input;
    };

    public static async Task Start()
    {
        using var wrapper = HandlerWrapper.GetHandlerWrapper(s_handler, new DefaultLambdaJsonSerializer());
        using var bootstrap = new LambdaBootstrap(wrapper);
        await bootstrap.RunAsync();
    }
}
