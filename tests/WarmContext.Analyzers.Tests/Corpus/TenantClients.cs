public record TenantRequest(string Tenant, string AccessKey, string SecretKey);

/// <summary>Credentials of the caller: these clients can't be shared, and aren't to be reported.</summary>
public class TenantClients
{
    private static readonly ConcurrentDictionary<string, IAmazonS3> s_clients = new();

    public async Task<int> Handle(TenantRequest request, ILambdaContext context)
    {
        using var own = new AmazonS3Client(request.AccessKey, request.SecretKey);
        var cached = s_clients.GetOrAdd(request.Tenant, _ => new AmazonS3Client(request.AccessKey, request.SecretKey));
        return (await own.ListBucketsAsync()).Buckets.Count + (await cached.ListBucketsAsync()).Buckets.Count;
    }
}
