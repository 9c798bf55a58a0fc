// option: warmcontext.snapstart=true

using Amazon.Lambda.Core;

namespace Patterns.SnapStartUniqueness.Right;

public class Function
{
    private static Guid s_instance;

    public Function() => SnapshotRestore.RegisterAfterRestore(() =>
    {
        s_instance = Guid.NewGuid();
        return default;
    });

    public string HandleAsync(string input, ILambdaContext context) => s_instance + input;
}
