namespace TestFunctions;

/// <summary>Its constructor throws.</summary>
public class ThrowingConstructor
{
    public ThrowingConstructor()
    {
        Console.WriteLine("about to fail");
        throw new InvalidOperationException("no database");
    }

    public string Run(string input) => input;
}

/// <summary>Its constructor ends the process.</summary>
public class ExitingConstructor
{
    public ExitingConstructor() => Environment.Exit(7);

    public string Run(string input) => input;
}

/// <summary>Its constructor takes as long as the variable INIT_MILLISECONDS says.</summary>
public class SlowConstructor
{
    public SlowConstructor() =>
        Thread.Sleep(
            int.Parse(Environment.GetEnvironmentVariable("INIT_MILLISECONDS")!, System.Globalization.CultureInfo.InvariantCulture));

    public string Run(string input) => input;
}

/// <summary>Its constructor fails in the first process, and not in later ones.</summary>
public class FailsOnce
{
    public FailsOnce()
    {
        var marker = Path.Combine(Path.GetTempPath(), "failed-once");
        if (!File.Exists(marker))
        {
            File.WriteAllText(marker, string.Empty);
            throw new InvalidOperationException("the first time");
        }
    }

    public string Run(string input) => input;
}

/// <summary>Nobody can create it.</summary>
public class NeedsArgument(string argument)
{
    public string Run(string input) => input + argument;
}

/// <summary>Handlers of shapes that Lambda refuses.</summary>
public class BadShapes
{
    public string Three(string one, string two, string three) => one + two + three;

    public string SecondIsNoContext(string one, string two) => one + two;

    public T Generic<T>(T input) => input;

    public async void AsyncVoid(string input)
    {
        await Task.Yield();
        Console.WriteLine(input);
    }
}

/// <summary>Leaves a loop behind that uses CPU for as long as the process lives.</summary>
public class InitThatSpins
{
    public InitThatSpins() => new Thread(static () =>
    {
        while (true)
        {
        }
    }) { IsBackground = true, Name = "left-behind" }.Start();

    public void Handle()
    {
    }
}
