using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;

namespace Patterns.SharedClientDisposal.Right;

public class Function
{
    private static readonly AmazonS3Client s_s3 = new();

    public async Task<int> HandleAsync(string prefix, ILambdaContext context)
    {
        var response = await s_s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "orders", Prefix = prefix });
        return response.KeyCount ?? 0;
    }
}
