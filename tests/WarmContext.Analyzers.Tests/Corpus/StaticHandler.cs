public static class StaticHandler
{
    private static readonly HttpClient s_http = new();
    private static int s_count;

    public static async Task<int> Handle(Stream input, ILambdaContext context)
    {
        s_count++;
        using var reader = new StreamReader(input);
        var text = await reader.ReadToEndAsync();
        await s_http.PostAsync("https://example.com", new StringContent(text));
        return s_count;
    }
}
