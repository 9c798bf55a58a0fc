using Microsoft.Extensions.DependencyInjection;

public class ContainerPerInvocation
{
    public Task Handle(string id, ILambdaContext context)
    {
        var services = new ServiceCollection().AddSingleton<IAmazonS3>(_ => new AmazonS3Client());
        using var provider = services.BuildServiceProvider(); // expect: WARM0001
        return provider.GetRequiredService<IAmazonS3>().ListBucketsAsync();
    }
}
