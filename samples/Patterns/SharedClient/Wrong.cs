using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;

namespace Patterns.SharedClient.Wrong;

public class Function
{
    public async Task<int> HandleAsync(string prefix, ILambdaContext context)
    {
        using var s3 = new AmazonS3Client(); // expect: WARM0001
        var response = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "orders", Prefix = prefix });
        return response.KeyCount ?? 0;
    }
}
