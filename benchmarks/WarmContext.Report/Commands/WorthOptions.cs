using System.CommandLine;
using WarmContext.Report.Rendering;

namespace WarmContext.Report.Commands;

/// <summary>The options that turn time into money.</summary>
internal sealed class WorthOptions
{
    private readonly Option<double> _price = new("--price-per-gb-second")
    {
        Description = "Dollars for a gigabyte-second.",
        DefaultValueFactory = static _ => WorthInputs.DefaultPrice,
    };
    private readonly Option<int> _memory = new("--memory")
    {
        Description = "The function's memory, in MB.",
        DefaultValueFactory = static _ => new WorthInputs().MemoryMegabytes,
    };
    private readonly Option<long> _invocations = new("--invocations")
    {
        Description = "How many invocations are reckoned with.",
        DefaultValueFactory = static _ => new WorthInputs().Invocations,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_price);
        command.Options.Add(_memory);
        command.Options.Add(_invocations);
    }

    public WorthInputs Read(ParseResult arguments) => new WorthInputs
    {
        PricePerGigabyteSecond = arguments.GetValue(_price),
        MemoryMegabytes = arguments.GetValue(_memory),
        Invocations = arguments.GetValue(_invocations),
    }.Validated();
}
