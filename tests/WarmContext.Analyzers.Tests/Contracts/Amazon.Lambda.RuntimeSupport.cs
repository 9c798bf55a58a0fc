// Signatures only, for compiling handlers in tests where the package can't be restored.
#nullable disable
using Amazon.Lambda.Core;

namespace Amazon.Lambda.RuntimeSupport
{
    public delegate Task<InvocationResponse> LambdaBootstrapHandler(InvocationRequest invocation);

    public class InvocationRequest
    {
        public Stream InputStream => throw null;

        public ILambdaContext LambdaContext => throw null;
    }

    public class InvocationResponse
    {
        public InvocationResponse(Stream outputStream) => throw null;
    }

    public class LambdaBootstrap : IDisposable
    {
        public LambdaBootstrap(LambdaBootstrapHandler handler, Func<Task<bool>> initializer = null) => throw null;

        public LambdaBootstrap(HandlerWrapper handler, Func<Task<bool>> initializer = null) => throw null;

        public Task RunAsync(CancellationToken cancellationToken = default) => throw null;

        public void Dispose() => throw null;
    }

    public class HandlerWrapper : IDisposable
    {
        public static HandlerWrapper GetHandlerWrapper<TInput, TOutput>(
            Func<TInput, ILambdaContext, Task<TOutput>> handler, ILambdaSerializer serializer) => throw null;

        public static HandlerWrapper GetHandlerWrapper<TInput>(Func<TInput, Task> handler, ILambdaSerializer serializer) => throw null;

        public void Dispose() => throw null;
    }

    public class LambdaBootstrapBuilder
    {
        public static LambdaBootstrapBuilder Create<TInput, TOutput>(
            Func<TInput, ILambdaContext, Task<TOutput>> handler, ILambdaSerializer serializer) => throw null;

        public static LambdaBootstrapBuilder Create<TInput, TOutput>(
            Func<TInput, ILambdaContext, TOutput> handler, ILambdaSerializer serializer) => throw null;

        public static LambdaBootstrapBuilder Create<TInput>(Func<TInput, Task> handler, ILambdaSerializer serializer) => throw null;

        public static LambdaBootstrapBuilder Create(Func<Stream, ILambdaContext, Task<Stream>> handler) => throw null;

        public LambdaBootstrap Build() => throw null;
    }
}

namespace Amazon.Lambda.Serialization.SystemTextJson
{
    public class DefaultLambdaJsonSerializer : ILambdaSerializer
    {
        public T Deserialize<T>(Stream requestStream) => throw null;

        public void Serialize<T>(T response, Stream responseStream) => throw null;
    }
}
