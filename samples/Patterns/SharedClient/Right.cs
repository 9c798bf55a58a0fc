using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext;

namespace Patterns.SharedClient.Right;

public class Function
{
    private static readonly Warm<AmazonS3Client> s_s3 = new(() => new AmazonS3Client());

    public async Task<int> HandleAsync(string prefix, ILambdaContext context)
    {
        var response = await s_s3.Value.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "orders", Prefix = prefix });
        return response.KeyCount ?? 0;
    }
}
