public abstract record Event(string Id);

public sealed record Created(string Id, string Name) : Event(Id);

public sealed record Deleted(string Id) : Event(Id);

public class SwitchAndPatterns
{
    private static string? s_lastName;

    public Task<string> Handle(Event input, ILambdaContext context)
    {
        if (input is Created { Name: var name } created && name.Length > 0)
        {
            s_lastName = created.Name; // expect: WARM0011
        }

        return input switch
        {
            Created c => Task.FromResult(c.Name),
            Deleted d => Task.FromResult(d.Id + s_lastName),
            _ => Task.FromResult(string.Empty),
        };
    }
}
