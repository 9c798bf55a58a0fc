public partial class PartialHandler
{
    public partial Task<string> Handle(string input, ILambdaContext context);
}

public partial class PartialHandler
{
    private readonly Timer _refresh = new(_ => { }, null, 0, 60_000); // expect: WARM0008

    public partial Task<string> Handle(string input, ILambdaContext context)
    {
        _refresh.Change(0, 1000);
        return Task.FromResult(input);
    }
}
