// option: warmcontext.snapstart=true

using Amazon.Lambda.Core;

namespace Patterns.SnapStartUniqueness.Wrong;

public class Function
{
    private static readonly Guid s_instance = Guid.NewGuid(); // expect: WARM0015

    public string HandleAsync(string input, ILambdaContext context) => s_instance + input;
}
