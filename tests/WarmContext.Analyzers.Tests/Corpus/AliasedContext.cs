using Context = Amazon.Lambda.Core.ILambdaContext;

public class AliasedContext
{
    public async void Handle(string input, Context context) // expect: WARM0007
    {
        await Task.Delay(10);
        Console.WriteLine(input);
    }
}
