public class BlockingInit
{
    private static readonly string s_config;

    static BlockingInit()
    {
        using var http = new HttpClient();
        s_config = http.GetStringAsync("https://config").Result; // expect: WARM0010
    }

    public string Handle(string input, ILambdaContext context) => s_config + input;
}
