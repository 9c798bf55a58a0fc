using Amazon.Lambda.Core;
using WarmContext;

namespace Patterns.TemporaryFiles.Right;

public class Function
{
    public string HandleAsync(string report, ILambdaContext context)
    {
        var path = Path.Combine(ExecutionEnvironment.Current.TemporaryDirectory, "report.txt");
        File.WriteAllText(path, report);
        return File.ReadAllText(path);
    }
}
