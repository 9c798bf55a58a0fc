using Amazon.Lambda.Core;
using Amazon.S3;

namespace Patterns.WholeFiles.Right;

public class Function
{
    private static readonly AmazonS3Client s_s3 = new();

    public async Task<int> HandleAsync(string model, ILambdaContext context)
    {
        var path = Path.Combine("/tmp", model);
        if (!File.Exists(path))
        {
            var partial = path + "." + Guid.NewGuid().ToString("N");
            using var response = await s_s3.GetObjectAsync("models", model);
            await response.WriteResponseStreamToFileAsync(partial, append: false, CancellationToken.None);
            File.Move(partial, path, overwrite: true);
        }

        return (await File.ReadAllBytesAsync(path)).Length;
    }
}
