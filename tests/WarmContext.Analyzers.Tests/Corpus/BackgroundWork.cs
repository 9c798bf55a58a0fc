using WarmContext;

public class BackgroundWork
{
    private static readonly HttpClient s_http = new();

    public async Task<string> Handle(string input, ILambdaContext context)
    {
        Invocation.Current.Background.Run("audit", token => s_http.PostAsync("https://audit", new StringContent(input), token));
        Invocation.Current.Background.Track("metrics", s_http.GetStringAsync("https://metrics"));
        return await s_http.GetStringAsync("https://example.com");
    }
}
