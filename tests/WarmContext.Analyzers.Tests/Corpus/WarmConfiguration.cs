using WarmContext;

public class WarmConfiguration
{
    private static readonly HttpClient s_http = new();
    private static readonly Warm<string> s_config = new(token => s_http.GetStringAsync("https://config", token));

    public async Task<string> Handle(string input, ILambdaContext context) => await s_config.GetAsync() + input;
}
