using Microsoft.Extensions.DependencyInjection;

public class InjectedServices
{
    private readonly IServiceProvider _services;

    public InjectedServices()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IAmazonS3>(_ => new AmazonS3Client());
        services.AddSingleton<IOrders, Orders>();
        _services = services.BuildServiceProvider();
    }

    public Task Handle(string id, ILambdaContext context) => _services.GetRequiredService<IOrders>().SaveAsync(id);
}

public interface IOrders
{
    Task SaveAsync(string id);
}

public class Orders : IOrders
{
    private readonly IAmazonS3 _s3;

    public Orders(IAmazonS3 s3) => _s3 = s3;

    public Task SaveAsync(string id) => _s3.PutObjectAsync(new PutObjectRequest { BucketName = "orders", Key = id });
}
