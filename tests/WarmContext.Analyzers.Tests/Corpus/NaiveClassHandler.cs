namespace Shop;

/// <summary>What the first tutorial shows.</summary>
public class NaiveClassHandler
{
    public async Task<string> Handle(string key, ILambdaContext context)
    {
        using var s3 = new AmazonS3Client(); // expect: WARM0001
        using var http = new HttpClient(); // expect: WARM0001
        var page = await http.GetStringAsync("https://example.com/" + key);
        _ = s3.PutObjectAsync(new PutObjectRequest { BucketName = "bucket", Key = key, ContentBody = page }); // expect: WARM0006
        File.WriteAllText("last.txt", page); // expect: WARM0012
        return page;
    }
}
