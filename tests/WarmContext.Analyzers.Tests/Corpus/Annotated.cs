[LambdaStartup]
public class Startup
{
}

public class Annotated
{
    private readonly IAmazonS3 _s3;

    public Annotated(IAmazonS3 s3) => _s3 = s3;

    [LambdaFunction(Timeout = 10)]
    public async Task<int> Count([FromServices] HttpClient http)
    {
        var response = await _s3.ListBucketsAsync();
        return response.Buckets.Count;
    }

    [LambdaFunction]
    public async Task<string> Fetch(string url)
    {
        using var http = new HttpClient(); // expect: WARM0001
        return await http.GetStringAsync(url);
    }
}
