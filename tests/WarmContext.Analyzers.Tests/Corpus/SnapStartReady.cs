// option: warmcontext.snapstart=true
public class SnapStartReady
{
    private static Guid s_instance = Guid.NewGuid();

    public SnapStartReady()
    {
        SnapshotRestore.RegisterAfterRestore(() =>
        {
            s_instance = Guid.NewGuid();
            return default;
        });
    }

    public string Handle(string input, ILambdaContext context) => s_instance + input;
}
