namespace Function;

public class Handler
{
    public string Greet(string name) => "Hello " + name;
}
