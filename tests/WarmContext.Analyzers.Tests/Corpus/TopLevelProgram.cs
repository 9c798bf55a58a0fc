using Amazon.Lambda.Serialization.SystemTextJson;

var s3 = new AmazonS3Client();

var handler = async (string key, ILambdaContext context) =>
{
    using var own = new AmazonS3Client(); // expect: WARM0001
    await own.ListBucketsAsync();
    return (await s3.ListBucketsAsync()).ToString()!;
};

await LambdaBootstrapBuilder.Create(handler, new DefaultLambdaJsonSerializer()).Build().RunAsync();
