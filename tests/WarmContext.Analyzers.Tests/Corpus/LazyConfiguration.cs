public class LazyConfiguration
{
    private static readonly HttpClient s_http = new();
    private static readonly Lazy<Task<string>> s_config = new(() => s_http.GetStringAsync("https://config")); // expect: WARM0005

    public async Task<string> Handle(string input, ILambdaContext context) => await s_config.Value + input;
}
