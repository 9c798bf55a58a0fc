using System.Text;
using Amazon.Lambda.Core;

namespace TestFunctions;

/// <summary>Every shape of handler there is.</summary>
public class Echo
{
    public static Stream StaticStream(Stream input) => input;

    public Stream InstanceStream(Stream input) => input;

    public async Task<Stream> StreamAsync(Stream input, ILambdaContext context)
    {
        var output = new MemoryStream();
        await input.CopyToAsync(output);
        output.Position = 0;
        return output;
    }

    public string Text(string input) => "<" + input + ">";

    public Person Older(Person person) => person with { Age = person.Age + 1 };

    public async Task<Person> OlderAsync(Person person, ILambdaContext context)
    {
        await Task.Yield();
        return person with { Age = person.Age + 1 };
    }

    public async ValueTask<Person> OlderValueTask(Person person)
    {
        await Task.Yield();
        return person with { Age = person.Age + 1 };
    }

    public void Nothing(Person person) => Console.WriteLine("nothing " + person.Name);

    public async Task NothingAsync(Person person)
    {
        await Task.Yield();
        Console.WriteLine("nothing " + person.Name);
    }

    public async ValueTask NothingValueTask()
    {
        await Task.Yield();
        Console.WriteLine("nothing");
    }

    public int NoInput() => 42;

    public string ContextOnly(ILambdaContext context) => context.FunctionName;

    public string Overloaded(string input) => "string " + input;

    public string Overloaded(int input) => "int " + input.ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal string Internal(string input) => input;

    [LambdaSerializer(typeof(ShoutingSerializer))]
    public string OwnSerializer(string input) => input;

    public Stream Size(Stream input)
    {
        var text = new StreamReader(input).ReadToEnd();
        return new MemoryStream(Encoding.UTF8.GetBytes(text.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}

/// <summary>A handler's type may be a value type.</summary>
public struct ValueEcho
{
    public readonly string Text(string input) => "<" + input + ">";
}
