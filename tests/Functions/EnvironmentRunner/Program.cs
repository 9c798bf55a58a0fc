using WarmContext.Testing;

// Stands for a test host that is going to be killed: starts a function with a child, freezes both, says who they are, and waits.
// Arguments: the directory of TestFunctions; --wait, or anything else to end at once.
await using var lambda = await LocalExecutionEnvironment.StartAsync(new LocalFunctionOptions
{
    Handler = "TestFunctions::TestFunctions.Lifecycle::Child",
    AssemblyDirectory = args[0],
    InitTimeout = TimeSpan.FromSeconds(60),
});
var child = (await lambda.InvokeJsonAsync("while :; do sleep 0.01; done")).ReadPayload<int>();
await lambda.WaitUntilFrozenAsync();
Console.WriteLine($"{lambda.ProcessId} {child} {lambda.TemporaryDirectory}");
if (args[1] == "--wait")
{
    await Task.Delay(Timeout.Infinite);
}
