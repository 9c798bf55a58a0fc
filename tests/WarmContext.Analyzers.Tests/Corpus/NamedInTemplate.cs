// template: TestFunction::Shop.Named::RunAsync
namespace Shop;

public class Named
{
    public async Task RunAsync(string input)
    {
        var s3 = new AmazonS3Client(); // expect: WARM0001
        await s3.ListBucketsAsync();
    }

    public async Task OtherAsync(string input)
    {
        var s3 = new AmazonS3Client();
        await s3.ListBucketsAsync();
    }
}
