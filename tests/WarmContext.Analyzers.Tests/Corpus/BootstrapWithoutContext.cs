using Amazon.Lambda.Serialization.SystemTextJson;

public class Worker
{
    public static async Task Start()
        => await LambdaBootstrapBuilder.Create<string>(new Worker().HandleAsync, new DefaultLambdaJsonSerializer()).Build().RunAsync();

    private async Task HandleAsync(string input)
    {
        var mongo = new MongoDB.Driver.MongoClient("mongodb://db"); // expect: WARM0001
        await Task.Delay(1);
        Console.WriteLine(mongo.GetDatabase(input));
    }
}
