namespace Shop;

/// <summary>The usual class library handler, right.</summary>
public class ClassHandler
{
    private static readonly AmazonS3Client s_s3 = new();

    public async Task<string> Handle(string key, ILambdaContext context)
    {
        using var response = await s_s3.GetObjectAsync("bucket", key);
        using var reader = new StreamReader(response.ResponseStream);
        return await reader.ReadToEndAsync();
    }
}
