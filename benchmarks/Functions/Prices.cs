using System.Text;
using Amazon.Lambda.Core;
#if WARMCONTEXT
using WarmContext;
using WarmContext.Lambda;
#endif

namespace InitFunction;

/// <summary>
/// A function that does next to nothing, so that what WarmContext adds to its Init shows. It makes its client in Init and uses it.
/// </summary>
public sealed class Prices
{
#if WARMCONTEXT
    private readonly WarmHandler _handler = Environment.GetEnvironmentVariable("COMPLETION") == "AfterResponse"
        ? AfterResponse()
        : new WarmHandler();

    private readonly Warm<PriceList> _prices = new(static () => new PriceList());

    public Prices()
    {
        if (Environment.GetEnvironmentVariable("WARM_UP") == "on")
        {
            new WarmUp().Add(_prices).Run();
        }
        else
        {
            _ = _prices.Value;
        }
    }

    public Task<Stream> HandleAsync(Stream input, ILambdaContext context) =>
        _handler.RunAsync(input, context, (_, _) => Task.FromResult(_prices.Value.Answer()));

    private static WarmHandler AfterResponse() => new(
        new InvocationOptions { BackgroundCompletion = BackgroundCompletion.AfterResponse },
        Environment.GetEnvironmentVariable("MECHANISM") == "InternalExtension"
            ? AfterResponseMechanism.InternalExtension
            : AfterResponseMechanism.Automatic);
#else
    private readonly PriceList _prices;

    // The hand-written form of the warm-up: beside whatever else Init does.
    public Prices() =>
        _prices = Environment.GetEnvironmentVariable("WARM_UP") == "on"
            ? Task.Run(static () => new PriceList()).GetAwaiter().GetResult()
            : new PriceList();

    public Task<Stream> HandleAsync(Stream input, ILambdaContext context) => Task.FromResult(_prices.Answer());
#endif

    private sealed class PriceList
    {
        private readonly byte[] _list = Encoding.UTF8.GetBytes("""{"price":42}""");

        public Stream Answer() => new MemoryStream(_list);
    }
}
