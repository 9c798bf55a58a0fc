using Microsoft.Extensions.DependencyInjection;

public class ContainerPerInvocation
{
    public Task Handle(string id, ILambdaContext context)
    {
        using var services = new ServiceCollection().AddSingleton<IAmazonS3>(_ => new AmazonS3Client()).BuildServiceProvider(); // expect: WARM0001
        return services.GetRequiredService<IAmazonS3>().ListBucketsAsync();
    }
}
