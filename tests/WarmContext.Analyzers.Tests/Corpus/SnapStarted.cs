// option: warmcontext.snapstart=true
public class SnapStarted
{
    private static readonly Guid s_instance = Guid.NewGuid(); // expect: WARM0015
    private static readonly Random s_random = new(); // expect: WARM0015
    private readonly NpgsqlConnection _connection = new("Host=db"); // expect: WARM0003

    public SnapStarted()
    {
        _connection.Open(); // expect: WARM0014
    }

    public string Handle(string input, ILambdaContext context) => s_instance + input + s_random.Next();
}
