using Amazon.Lambda.Core;
using Amazon.S3;

namespace Patterns.WholeFiles.Wrong;

public class Function
{
    private static readonly AmazonS3Client s_s3 = new();

    public async Task<int> HandleAsync(string model, ILambdaContext context)
    {
        var path = Path.Combine("/tmp", model);
        if (!File.Exists(path))
        {
            using var response = await s_s3.GetObjectAsync("models", model);
            await response.WriteResponseStreamToFileAsync(path, append: false, CancellationToken.None); // expect: WARM0013
        }

        return (await File.ReadAllBytesAsync(path)).Length;
    }
}
