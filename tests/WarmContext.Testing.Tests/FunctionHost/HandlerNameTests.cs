namespace WarmContext.Testing;

public class HandlerNameTests
{
    [Theory]
    [InlineData(
        "TestFunctions::TestFunctions.Echo",
        "'TestFunctions::TestFunctions.Echo' has 2 of its 3 parts",
        "Assembly::Namespace.Type::Method")]
    [InlineData("TestFunctions::::Text", "names no type", "Assembly::Namespace.Type::Method")]
    [InlineData("TestFunction::TestFunctions.Echo::Text", "assembly 'TestFunction'", "nearest first: TestFunctions,")]
    [InlineData("TestFunctions::Echo::Text", "type 'Echo'", "nearest first: TestFunctions.Echo,")]
    [InlineData("TestFunctions::TestFunctions.Ecco::Text", "type 'TestFunctions.Ecco'", "nearest first: TestFunctions.Echo,")]
    [InlineData("TestFunctions::TestFunctions.Echo::Txet", "method 'Txet'", "nearest first: Text,")]
    [InlineData("TestFunctions::TestFunctions.Echo::Tex*", "method 'Tex*'", "nearest first: Text,")]
    [InlineData("TestFunctions::TestFunctions.Echo::Overloaded", "overloaded", "'System.String Overloaded(Int32)'")]
    [InlineData("TestFunctions::TestFunctions.NeedsArgument::Run", "no public constructor without parameters", "NeedsArgument")]
    [InlineData("TestFunctions::TestFunctions.BadShapes::Three", "it has 3 parameters", "Allowed are none, the input, the ILambdaContext")]
    [InlineData("TestFunctions::TestFunctions.BadShapes::SecondIsNoContext", "its second parameter is a System.String", "ILambdaContext")]
    [InlineData("TestFunctions::TestFunctions.BadShapes::Generic", "it is generic", "Generic")]
    [InlineData("TestFunctions::TestFunctions.BadShapes::AsyncVoid", "async void", "Return a Task")]
    public async Task A_handler_that_does_not_resolve_is_named_with_what_is_allowed(string handler, string wrong, string allowed)
    {
        var options = TestFunction.Options("Echo::Text");
        options.Handler = handler;

        var exception = await Assert.ThrowsAsync<FunctionInitException>(() => LocalExecutionEnvironment.StartAsync(options));

        Assert.Equal("LambdaValidationException", exception.Error.Type);
        Assert.Contains(wrong, exception.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_names_nothing_to_start_is_refused_at_once()
    {
        var options = TestFunction.Options("Echo::Text");
        options.Handler = "nothing-here";

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => LocalExecutionEnvironment.StartAsync(options));

        Assert.Contains("nothing-here.dll, nothing-here and bootstrap", exception.Message, StringComparison.Ordinal);
    }
}
