using WarmContext.Testing.Functions;

namespace WarmContext.Testing;

/// <summary>A class-library handler on a host of the user's.</summary>
public sealed class BootstrapTests
{
    [Fact]
    public async Task An_assembly_is_started_as_Lambda_starts_its_own_with_the_handler_as_argument()
    {
        using var copy = TestFunction.CopyTo(Path.GetTempPath(), Path.GetDirectoryName(FunctionHostFile.Path)!);
        var options = TestFunction.Options("Echo::Text");
        options.Bootstrap = Path.Combine(copy.FullName, Path.GetFileName(FunctionHostFile.Path));
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        Assert.Equal("\"\\u003Cx\\u003E\"", (await lambda.InvokeAsync("\"x\"")).EnsureSuccess().PayloadText);
    }

    [Fact]
    public async Task A_program_has_the_handler_as_argument_and_in_its_environment()
    {
        using var function = new ScriptFunction("""
            while :; do
                next
                curl -sS -o /dev/null -d "\"$1 $_HANDLER\"" "$runtime/invocation/$id/response"
            done
            """);
        var options = TestFunction.Options("Echo::Text");
        options.Bootstrap = Path.Combine(function.Options.AssemblyDirectory, "bootstrap");
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);

        Assert.Equal(
            $"{options.Handler} {options.Handler}", (await lambda.InvokeAsync("{}")).ReadPayload<string>());
    }

    [Fact]
    public async Task One_that_is_missing_or_has_nothing_to_host_is_refused_by_name()
    {
        var missing = TestFunction.Options("Echo::Text");
        missing.Bootstrap = "/nowhere/RuntimeSupport.dll";
        var program = TestFunction.Options("Echo::Text");
        program.Handler = "bootstrap";
        program.Bootstrap = FunctionHostFile.Path;

        foreach (var options in (LocalFunctionOptions[])[missing, program])
        {
            var exception = await Assert.ThrowsAsync<ArgumentException>(() => LocalExecutionEnvironment.StartAsync(options));
            Assert.Contains("LocalFunctionOptions.Bootstrap", exception.Message, StringComparison.Ordinal);
        }
    }
}
