// Signatures only, for compiling handlers in tests where the package can't be restored.
// What the real Grpc.Net.Client derives its channel from.
#nullable disable
[assembly: System.Reflection.AssemblyVersion("2.0.0.0")]

namespace Grpc.Core;

public abstract class ChannelBase
{
    protected ChannelBase(string target) => throw null;

    public abstract CallInvoker CreateCallInvoker();
}

public abstract class CallInvoker
{
}
