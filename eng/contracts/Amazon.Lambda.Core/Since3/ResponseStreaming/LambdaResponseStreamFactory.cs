#nullable disable
using System.Runtime.Versioning;

namespace Amazon.Lambda.Core.ResponseStreaming;

[RequiresPreviewFeatures]
public class LambdaResponseStreamFactory
{
    private static Func<byte[], ILambdaResponseStream> s_make;

    public static LambdaResponseStream CreateStream() => new(Maker([]));

    public static LambdaResponseStream CreateHttpStream(HttpResponseStreamPrelude prelude)
    {
        _ = s_make ?? throw NotInitialized();
        ArgumentNullException.ThrowIfNull(prelude);
        return new LambdaResponseStream(Maker(prelude.ToByteArray()));
    }

    // The runtime calls it, by this name, when Init is over: before that, there is no response to write to.
    internal static void SetLambdaResponseStream(Func<byte[], ILambdaResponseStream> streamFactory)
    {
        ArgumentNullException.ThrowIfNull(streamFactory);
        s_make = streamFactory;
    }

    private static ILambdaResponseStream Maker(byte[] prelude) => (s_make ?? throw NotInitialized())(prelude);

    private static InvalidOperationException NotInitialized() =>
        new("LambdaResponseStreamFactory is not initialized. (The build contract's wording; the real package's has other advice.)");
}
