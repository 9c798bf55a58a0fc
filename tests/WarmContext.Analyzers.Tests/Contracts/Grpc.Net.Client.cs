// Signatures only, for compiling handlers in tests where the package can't be restored.
#nullable disable
namespace Grpc.Net.Client;

public sealed class GrpcChannel : IDisposable
{
    public static GrpcChannel ForAddress(string address) => throw null;

    public void Dispose() => throw null;
}
