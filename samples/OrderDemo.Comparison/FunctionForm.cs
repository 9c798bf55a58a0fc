using WarmContext.LocalServices;

namespace OrderDemo;

/// <summary>A form of the order function: what Lambda would be told to start, and where it lies.</summary>
public sealed record FunctionForm(string Name, string Handler, string Directory)
{
    public static FunctionForm Naive { get; } = new(
        "naive", "OrderFunction.Naive::OrderFunction.Naive.NaiveOrderHandler::HandleAsync", BuildOutput("OrderFunction.Naive"));

    public static FunctionForm Warm { get; } = new(
        "warm", "OrderFunction::OrderFunction.OrderHandler::HandleAsync", BuildOutput("OrderFunction"));

    /// <summary>The warm form as a published executable, such as that of samples/OrderFunction.NativeAot.</summary>
    public static FunctionForm WarmExecutable(DirectoryInfo directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return new("warm", "bootstrap", directory.FullName);
    }

    // Built beside the demo; see the project file for why it is always the Release build.
    private static string BuildOutput(string project) =>
        Path.Combine(RepositoryRoot.Find(), "samples", project, "bin", "Release", "net10.0");
}
