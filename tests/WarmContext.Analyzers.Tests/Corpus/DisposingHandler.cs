public class DisposingHandler
{
    private readonly AmazonS3Client _s3 = new();

    public async Task<int> Handle(string prefix, ILambdaContext context)
    {
        using (_s3) // expect: WARM0002
        {
            var response = await _s3.ListBucketsAsync();
            return response.Buckets.Count;
        }
    }
}
