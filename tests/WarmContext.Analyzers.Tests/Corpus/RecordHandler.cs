public record Request(string Tenant, string Body);

public record Response(int Status);

public record RecordHandler(string Bucket)
{
    private static string? s_tenant;

    public RecordHandler()
        : this("bucket")
    {
    }

    public Response Handle(Request request, ILambdaContext context)
    {
        s_tenant = request.Tenant; // expect: WARM0011
        return new Response(s_tenant == request.Tenant ? 200 : 500);
    }
}
