namespace WarmContext.Tool;

public class BadInputTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "run", "no function is named: give --handler" },
        { "run --handler A::B::C --executable x", "both --handler and --executable" },
        {
            "run --handler Nothing::Here.Type::Method -d {functions}",
            "has no Nothing.dll. Build the function, or give its output by --assembly-directory. It has Amazon.Lambda.Core"
        },
        {
            "run --handler A::B::C -d /nowhere/at/all",
            "--assembly-directory is '/nowhere/at/all', and there is no directory /nowhere/at/all"
        },
        { "run --handler A::B -d {functions}", "--handler is 'A::B'; it must be Assembly::Namespace.Type::Method" },
        {
            "run --handler TestFunctions -d {functions}",
            "TestFunctions.dll is a class library, which can't be started by itself; give Assembly::Namespace.Type::Method"
        },
        { "run --handler TestFunctions.dll::A::B -d {functions}", "an assembly is named without .dll: TestFunctions::A::B" },
        {
            "run --handler TestFunctions::TestFunctions.Nothing::NoInput -d {functions}",
            "--handler is 'TestFunctions::TestFunctions.Nothing::NoInput'. The type 'TestFunctions.Nothing' of the handler is not in the "
                + "assembly"
        },
        {
            "audit --handler TestFunctions::TestFunctions.Echo::noinput -d {functions}",
            "--handler is 'TestFunctions::TestFunctions.Echo::noinput'. The method 'noinput' of the handler is not in the type "
                + "'TestFunctions.Echo'. Methods there, nearest first: NoInput"
        },
        { "run --handler broken::A::B -d {files}", "broken.dll isn't a .NET assembly. Build the function" },
        { "run --executable {files}/plain", "/plain', which isn't executable; chmod +x it" },
        { "run --executable {files}/broken.dll", "broken.dll isn't a .NET assembly" },
        { "run --executable {functions}/TestFunctions.dll", "which is a class library and can't be started by itself; give --handler" },
        { "run {echo} --event {files}", "which is a directory. Give a file with the event as JSON" },
        { "run {echo} --event {files}/empty.json", "empty.json is empty; an event without content is {}" },
        { "run {echo} --event {files}/half.json", "half.json isn't JSON, which is all that Lambda takes: " },
        { "run {echo} --function-name \u00fc", "--function-name is '\u00fc'" },
        { "run {echo} --record /proc/x.json", "--record is '/proc/x.json', and nothing can be written there: " },
        { "runn", "'runn' is no command; it must be one of run, audit, serve, report" },
        { "serve {echo} --address 192.0.2.1", "--address is '192.0.2.1', which is no address of this machine; give one that it has" },
        { "run --executable /nowhere/bootstrap", "--executable is '/nowhere/bootstrap', and there is no file" },
        { "run {echo} --payload {no}", "the event --payload isn't JSON, which" },
        { "run {echo} --event /nowhere/event.json", "--event is '/nowhere/event.json', and there is no file" },
        { "run {echo} --memory 5", "--memory is '5'; it must be a whole number from 128 to 10240" },
        { "run {echo} --repeat many", "--repeat is 'many'; it must be a whole number from 1 to" },
        { "run {echo} --timeout soon", "--timeout is 'soon'; it must be a length of time like 500ms, 30s, 20m or 2h" },
        { "run {echo} --timeout 2h", "at most 15m" },
        { "run {echo} --concurrency 0", "--concurrency is '0'" },
        { "run {echo} --fault melt@2", "--fault is 'melt@2'; it must be one of reset, kill, timeout, init-crash, replace" },
        { "run {echo} --fault kill@2", "--fault is for invocation 2, and there are only 1" },
        { "run {echo} --env NOVALUE", "--env is 'NOVALUE'; it must be NAME=VALUE" },
        { "run {echo} --env AWS_REGION=x", "--env sets AWS_REGION, which Lambda keeps for itself; use the option that stands for it" },
        { "run {echo} --initialization-type hot", "--initialization-type is 'hot'; it must be one of on-demand" },
        { "run {echo} --freeze-for 20m --no-freeze", "--freeze-for is given, and the function is never frozen" },
        { "run {echo} --record /nowhere/at/all/x.json", "--record is '/nowhere/at/all/x.json', and there is no directory /nowhere/at/all" },
        { "run {echo} --frobnicate", "--frobnicate" },
        { "audit {echo} --fail-on sometimes", "--fail-on is 'sometimes'; it must be one of information, warning, error, never" },
        { "audit {echo} --ignore Dust", "--ignore is 'Dust'; it must be one of ConnectionsReopened" },
        { "serve {echo} --port 70000", "--port is '70000'; it must be a whole number from 0 to 65535" },
        { "serve {echo} --address nowhere", "--address is 'nowhere'; it must be an IP address" },
        { "report", "nothing to report: give a file that --record wrote" },
        { "report /nowhere/x.json", "the recording is '/nowhere/x.json', and there is no file" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_names_the_thing_its_value_and_the_remedy(string commandLine, string message)
    {
        using var files = new TemporaryDirectory();
        files.Write("plain", "text");
        files.Write("broken.dll", "text");
        files.Write("empty.json", string.Empty);
        files.Write("half.json", """{"a":""");
        var arguments = commandLine.Split(' ')
            .Select(argument =>
                argument.Replace("{functions}", ToolProcess.Functions, StringComparison.Ordinal)
                    .Replace("{files}", files[string.Empty], StringComparison.Ordinal))
            .SelectMany(static argument => argument switch
        {
            "{echo}" => ToolProcess.Function("Echo::NoInput"),
            "{no}" => ["{no}"],
            _ => (string[])[argument],
        });

        var result = (await ToolProcess.RunAsync([.. arguments])).Expect(2);

        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.DoesNotMatch("\n +at ", result.Error);
        Assert.Single(result.Error.Split('\n'), static line => line.StartsWith("warmcontext: error: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task To_who_calls_a_served_function_an_unknown_method_is_its_failure()
    {
        await using var server = await Server.StartAsync("Echo::Nowhere");

        var result = await server.InvokeAsync();

        Assert.Equal("Unhandled", result.Expect(0).GetProperty("FunctionError").GetString());
        Assert.Contains("The method \\u0027Nowhere\\u0027 of the handler is not in the type", result.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_is_none_is_refused()
    {
        using var files = new TemporaryDirectory();

        var result = (await ToolProcess.RunAsync("report", files.Write("x.json", "{}"))).Expect(2);

        Assert.Contains("isn't a recording", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "audit")]
    [InlineData("run --help", "--freeze-for")]
    [InlineData("audit --help", "--fail-on")]
    [InlineData("serve --help", "--qualifier")]
    [InlineData("report --help", "--output")]
    public async Task Help_tells_what_there_is(string commandLine, string option)
    {
        var result = (await ToolProcess.RunAsync(commandLine.Split(' '))).Expect(0);

        Assert.Contains(option, result.Output, StringComparison.Ordinal);
        Assert.Contains("  warmcontext ", result.Output, StringComparison.Ordinal);
    }
}
