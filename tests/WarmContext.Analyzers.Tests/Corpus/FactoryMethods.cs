/// <summary>Created when needed, kept afterwards: silent.</summary>
public class FactoryMethods
{
    private static readonly object s_gate = new();
    private static AmazonS3Client? s_s3;
    private static HttpClient? s_http;

    private static HttpClient Http => s_http ??= CreateHttp();

    public async Task<string> Handle(string key, ILambdaContext context)
    {
        var s3 = GetS3();
        await s3.ListBucketsAsync();
        return await Http.GetStringAsync("https://example.com/" + key);
    }

    private static AmazonS3Client GetS3()
    {
        if (s_s3 != null)
        {
            return s_s3;
        }

        lock (s_gate)
        {
            s_s3 ??= new AmazonS3Client(new AmazonS3Config { Timeout = TimeSpan.FromSeconds(3) });
            return s_s3;
        }
    }

    private static HttpClient CreateHttp()
    {
        var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        http.DefaultRequestHeaders.Add("User-Agent", "shop");
        return http;
    }
}
