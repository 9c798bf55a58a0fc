using Amazon.Lambda.Core;
using WarmContext.Lambda;

namespace EchoFunction;

/// <summary>The same through WarmHandler.</summary>
public sealed class WarmEcho
{
    private readonly WarmHandler _handler = new();
    private readonly PlainEcho _echo = new();

    public Task<Stream> HandleAsync(Stream input, ILambdaContext context) =>
        _handler.RunAsync(input, context, (stream, _) => _echo.HandleAsync(stream, context));
}
