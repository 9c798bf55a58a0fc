using Amazon.Lambda.Core;

namespace EchoFunction;

/// <summary>Answers what it is asked.</summary>
public sealed class PlainEcho
{
    public async Task<Stream> HandleAsync(Stream input, ILambdaContext context)
    {
        var output = new MemoryStream();
        await input.CopyToAsync(output);
        output.Position = 0;
        return output;
    }
}
