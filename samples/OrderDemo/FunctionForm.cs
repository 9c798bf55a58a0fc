using WarmContext.LocalServices;

namespace OrderDemo;

/// <summary>One of the two forms of the order function, as built beside the demo.</summary>
public sealed record FunctionForm(string Name, string Handler, string Project)
{
    public static FunctionForm Naive { get; } = new("naive", "OrderFunction.Naive::OrderFunction.Naive.NaiveOrderHandler::HandleAsync", "OrderFunction.Naive");

    public static FunctionForm Warm { get; } = new("warm", "OrderFunction::OrderFunction.OrderHandler::HandleAsync", "OrderFunction");

    /// <summary>The build output; see the project file for why it is always the Release build.</summary>
    public string Directory => Path.Combine(RepositoryRoot.Find(), "samples", Project, "bin", "Release", "net10.0");
}
