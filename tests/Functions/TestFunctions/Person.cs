namespace TestFunctions;

public sealed record Person(string Name, int Age);
