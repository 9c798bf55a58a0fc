using Amazon.Lambda.Core;

namespace Patterns.TemporaryFiles.Wrong;

public class Function
{
    public string HandleAsync(string report, ILambdaContext context)
    {
        File.WriteAllText("report.txt", report); // expect: WARM0012
        return File.ReadAllText("report.txt");
    }
}
