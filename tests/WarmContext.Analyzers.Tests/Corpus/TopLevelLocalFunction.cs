using Amazon.Lambda.Serialization.SystemTextJson;

var http = new HttpClient();
await LambdaBootstrapBuilder.Create<string, string>(Handle, new DefaultLambdaJsonSerializer()).Build().RunAsync();

async Task<string> Handle(string url, ILambdaContext context)
{
    _ = Task.Run(() => Console.WriteLine("late")); // expect: WARM0006
    return await http.GetStringAsync(url);
}
